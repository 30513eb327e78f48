# SPDX-License-Identifier: Apache-2.0

"""Hosts beside what they were: better, worse, and what came and ended."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends
from nova_cow_check.reports import audit
from nova_cow_check.reports import changes
from nova_cow_check.reports import comparison
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

WORSE, BETTER, SAME, NEW, GONE = changes.Change

UNREAD = host_settings.Unreadable('not UTF-8 text', 'nova.conf')
OTHER_UNREAD = host_settings.Unreadable('cannot be read', 'nova.conf', 3)

DEFAULT = hosts.nova_conf()
#: As DEFAULT, by name.
QCOW2 = fleets.QCOW2
#: Guests can read files of the host.
OPENED = hosts.nova_conf(images_type='qcow2', use_cow_images='no')
#: nova-compute does not start.
RBD = hosts.nova_conf(images_type='rbd', force_raw_images='no')
FAULTY = hosts.nova_conf(images_type='qcow')
#: A note.
UNUSED = hosts.nova_conf(images_type='rbd', use_cow_images='no')

#: A line that Nova ignores.
IGNORED = '[api]\nuse_cow_images = no\n'

#: Both rules that look back, everywhere.
ACCEPTED = tuple(
    sample_reports.waiver(one.name) for one in registry.CHANGE_RULES
)


def since(
    before: Mapping[str, fleets.Known],
    now: Mapping[str, fleets.Known],
    *accepted: findings.Waiver,
) -> changes.Changes:
    compared = fleets.since(before, now, accepted=accepted).compared
    assert compared is not None
    return compared


def earlier(*told: report.ReadHost) -> comparison.Earlier:
    return comparison.Earlier(told, fleets.EARLIER, fleets.EARLIER)


def only(
    before: fleets.Known, now: fleets.Known, *accepted: findings.Waiver
) -> tuple[changes.Change, list[str], list[str]]:
    """Return what became of one host: rules that came, and that ended."""
    found = since({'a': before}, {'a': now}, *accepted)
    if not found.hosts:
        assert found.counted[SAME] == 1
        return SAME, [], []
    (host,) = found.hosts
    assert found.counted[host.change] == 1
    return (
        host.change,
        [one.rule for one in host.came],
        [one.rule for one in host.ended],
    )


#: Before, now -> what became of it, which findings came, which ended.
HOSTS: list[
    tuple[
        fleets.Known, fleets.Known, tuple[changes.Change, list[str], list[str]]
    ]
] = [
    (QCOW2, QCOW2, (SAME, [], [])),
    (DEFAULT, DEFAULT, (SAME, [], [])),
    (DEFAULT, QCOW2, (BETTER, [], ['implicit-image-backend'])),
    (QCOW2, DEFAULT, (WORSE, ['implicit-image-backend'], [])),
    (QCOW2, OPENED, (WORSE, ['raw-disks-opened-as-qcow2'], [])),
    (OPENED, QCOW2, (BETTER, [], ['raw-disks-opened-as-qcow2'])),
    # What is unsafe is worse than what breaks.
    (
        OPENED,
        FAULTY,
        (BETTER, ['invalid-setting'], ['raw-disks-opened-as-qcow2']),
    ),
    # One for another.
    (
        DEFAULT,
        QCOW2 + IGNORED,
        (SAME, ['ignored-setting'], ['implicit-image-backend']),
    ),
    # One more.
    (
        hosts.nova_conf(images_type='flat'),
        hosts.nova_conf(images_type='flat') + IGNORED,
        (WORSE, ['ignored-setting'], []),
    ),
    # A note is least.
    (
        hosts.nova_conf(images_type='rbd'),
        UNUSED,
        (WORSE, ['use-cow-images-unused'], []),
    ),
    # What was not read is worst, and of what else there was nothing is
    # known.
    (UNREAD, OPENED, (BETTER, [], ['unreadable-configuration'])),
    (OPENED, UNREAD, (WORSE, ['unreadable-configuration'], [])),
    (UNREAD, UNREAD, (SAME, [], [])),
    (UNREAD, OTHER_UNREAD, (SAME, [], [])),
    # The change itself is what is worse.
    (fleets.FLAT, QCOW2, (WORSE, ['backend-changed'], [])),
    (QCOW2, fleets.FLAT, (WORSE, ['backend-changed'], [])),
    # Whatever else ended, guests from before do not fare better.
    (
        hosts.nova_conf(images_type='flat'),
        QCOW2,
        (WORSE, ['backend-changed'], ['flat-disks-converted']),
    ),
    (
        OPENED,
        fleets.FLAT,
        (SAME, ['backend-changed'], ['raw-disks-opened-as-qcow2']),
    ),
]


@pytest.mark.parametrize('before, now, expected', HOSTS)
def test_what_became_of_a_host(
    before: fleets.Known,
    now: fleets.Known,
    expected: tuple[changes.Change, list[str], list[str]],
) -> None:
    assert only(before, now) == expected


def test_hosts_come_and_go() -> None:
    found = since({'a': QCOW2, 'b': OPENED}, {'a': QCOW2, 'c': OPENED})
    assert [tuple(one) for one in found.hosts] == [
        ('c', NEW, (), ()),
        ('b', GONE, (), ()),
    ]
    assert found.counted == {WORSE: 0, BETTER: 0, SAME: 1, NEW: 1, GONE: 1}


@pytest.mark.parametrize(
    'before, now, same, new, gone',
    [
        (['Compute1'], ['compute1'], 1, [], []),
        # Each is there as it is called.
        (['a', 'A'], ['A', 'a'], 2, [], []),
        (['a', 'A'], ['A'], 1, [], ['a']),
        # Which of the two it is cannot be told.
        (['a', 'A'], ['a.b', 'aA'], 0, ['a.b', 'aA'], ['A', 'a']),
        (['AB', 'Ab'], ['ab'], 0, ['ab'], ['AB', 'Ab']),
        (['ab'], ['AB', 'Ab'], 0, ['AB', 'Ab'], ['ab']),
        # As a report has it.
        (['a\\x1b'], ['a\x1b'], 1, [], []),
        (['a\\udcff', '%s'], ['a\udcff', '%s'], 1, ['a\udcff'], ['a\\udcff']),
        (['compute1'], ['compute1.example.org'], 0, None, None),
    ],
)
def test_hosts_are_known_by_their_names(
    before: list[str],
    now: list[str],
    same: int,
    new: list[str] | None,
    gone: list[str] | None,
) -> None:
    found = since(dict.fromkeys(before, QCOW2), dict.fromkeys(now, QCOW2))
    assert found.counted[SAME] == same
    if new is not None:
        told = {one.host: one.change for one in found.hosts}
        assert sorted(n for n, one in told.items() if one is NEW) == new
        assert sorted(n for n, one in told.items() if one is GONE) == gone


def test_hosts_are_compared_with_those_of_their_time() -> None:
    """What most hosts have was another thing then."""
    found = since(
        {'a': fleets.FLAT, 'b': fleets.FLAT, 'c': QCOW2},
        {'a': QCOW2, 'b': QCOW2, 'c': QCOW2},
        *ACCEPTED,
    )
    assert [tuple(one[:2]) for one in found.hosts] == [('c', BETTER)]


def test_a_waiver_makes_no_host_better_or_worse() -> None:
    accepted = sample_reports.waiver('implicit-image-backend')
    assert only(QCOW2, DEFAULT, accepted) == (SAME, [], [])
    # One that was given since then, and one that is no more.
    for held_then in (True, False):
        before, now = (
            fleet.judged(fleets.read({'a': DEFAULT}, waivers))[0]
            for waivers in (
                (accepted,) if held_then else (),
                () if held_then else (accepted,),
            )
        )
        assert comparison.of(earlier(), [before], [now]).hosts == ()


def test_a_waiver_accepts_a_change() -> None:
    assert only(fleets.FLAT, QCOW2, *ACCEPTED) == (SAME, [], [])
    expired = sample_reports.waiver(
        'backend-changed', expires=fleets.EARLIER.date()
    )
    assert only(fleets.FLAT, QCOW2, expired) == (
        WORSE,
        ['backend-changed'],
        [],
    )


def test_hosts_that_are_alike_stay_one_object() -> None:
    before = {
        **fleets.numbered(1, 4, fleets.FLAT),
        **fleets.numbered(5, 8, QCOW2),
    }
    now = fleets.numbered(1, 8, QCOW2)
    whole = fleets.since(before, now)
    assert len({id(host.rows) for host in whole.hosts}) == 2
    assert [len(one.hosts) for one in fleet.alike(whole.hosts)] == [4, 4]


def test_of_what_it_was_hosts_alike_are_told_apart() -> None:
    lvm = hosts.nova_conf(images_type='lvm')
    before = {'a': hosts.nova_conf(images_type='rbd'), 'b': lvm}
    whole = fleets.since(before, {'a': QCOW2, 'b': QCOW2})
    assert len(fleet.alike(whole.hosts)) == 2


@pytest.mark.parametrize(
    'before, now, is_told',
    [
        (UNREAD, QCOW2, True),
        (FAULTY, QCOW2, True),
        # Nothing that could have changed.
        (UNREAD, UNREAD, False),
        (FAULTY, FAULTY, False),
        (UNREAD, FAULTY, False),
        (DEFAULT, UNREAD, False),
        # It had none.
        (hosts.nova_conf(compute_driver='ironic.IronicDriver'), QCOW2, False),
    ],
)
def test_where_nothing_is_known_of_before_that_is_told(
    before: fleets.Known, now: fleets.Known, is_told: bool
) -> None:
    found = since({'a': before}, {'A': now})
    assert found.not_looked_back == (('A',) if is_told else ())
    sentences = ' '.join(changes.caveats(found))
    assert ('Not looked back at' in sentences) is is_told


def test_the_latest_that_is_known_counts_for_a_change() -> None:
    (host,) = fleets.read({'a': QCOW2})
    (flat,) = fleets.read({'a': fleets.FLAT})
    before = earlier(flat._replace(known=UNREAD))
    before = before._replace(known_before={'a': flat.known})
    (found,) = comparison.with_earlier([host], before)
    now = report.judge(found)
    assert 'backend-changed' in now.rules
    whole = comparison.of(before, fleet.judged(before.hosts), [now])
    assert whole.not_looked_back == ()
    assert [one.change for one in whole.hosts] == [WORSE]


class TestGuests:
    """Those about guests count if they were looked at both times."""

    def host(self, *uuids: str) -> report.ReadHost:
        (made,) = sample_guests.REPORTS['guests']().hosts
        assert isinstance(made.guests, audit.Audit)
        found = tuple(
            one
            for one in made.guests.findings
            if one.guest and one.guest.uuid in uuids
        )
        return report.ReadHost(
            'a', made.known, guests=made.guests._replace(findings=found)
        )

    def uuids(self) -> list[str]:
        (made,) = sample_guests.REPORTS['guests']().hosts
        assert isinstance(made.guests, audit.Audit)
        found = made.guests.findings
        return [*dict.fromkeys(one.guest.uuid for one in found if one.guest)]

    def compared(
        self, before: report.ReadHost, now: report.ReadHost
    ) -> changes.Changes:
        return comparison.of(
            earlier(), [report.judge(before)], [report.judge(now)]
        )

    def test_another_guest_is_another_finding(self) -> None:
        first, second, *_others = self.uuids()
        found = self.compared(self.host(first), self.host(first, second))
        (host,) = found.hosts
        assert {one.guest for one in host.came} == {second}
        assert host.change is WORSE and host.ended == ()

    def test_what_was_not_looked_at_did_not_end(self) -> None:
        looked_at = self.host(*self.uuids())
        for other in (
            looked_at._replace(guests=None),
            looked_at._replace(guests=audit.NotLooked('No root.')),
        ):
            for pair in ((looked_at, other), (other, looked_at)):
                assert self.compared(*pair).hosts == ()

    @pytest.mark.parametrize(
        'more, holds',
        [
            ({}, False),
            ({'looked_at': 1}, True),
            ({'directories': ('x',)}, True),
            ({'domains': ('x',)}, True),
            ({'failed': 'No.'}, True),
            ({'not_read': (inventory.NotRead('x', 'y'),)}, True),
        ],
    )
    def test_a_host_without_guests_may_change(
        self, more: dict[str, object], holds: bool
    ) -> None:
        nobody = audit.Audit('/i', '/d', None, 0, (), (), (), (), ())
        (host,) = fleets.read({'a': QCOW2})
        (before,) = fleets.read({'a': fleets.FLAT})
        host = host._replace(guests=nobody._replace(**more))
        (found,) = comparison.with_earlier([host], earlier(before))
        assert (found.earlier is not None) is holds
        is_told = 'backend-changed' in report.judge(found).rules
        assert is_told is holds


def test_use_cow_images_alone_is_of_no_concern() -> None:
    (host,) = fleets.read({'a': OPENED})
    before = earlier(*fleets.read({'a': QCOW2}))
    assert comparison.with_earlier([host], before) == [host]
    before = earlier(*fleets.read({'a': fleets.FLAT}))
    (found,) = comparison.with_earlier([host], before)
    assert found.earlier == backends.Behaviour(
        backends.Backend.FLAT, False, True
    )


CONFS = st.builds(
    hosts.nova_conf,
    compute_driver=st.sampled_from(
        [hosts.LIBVIRT] * 8 + ['ironic.IronicDriver', 'custom.libvirt.Driver']
    ),
    images_type=st.sampled_from(
        [None, 'default', 'flat', 'raw', 'qcow2', 'qcow2', 'rbd', 'lvm', 'x']
    ),
    use_cow_images=st.sampled_from([None, None, 'True', 'False', 'maybe']),
    force_raw_images=st.sampled_from([None, None, 'True', 'False']),
)
KNOWN = CONFS | st.sampled_from([UNREAD, OTHER_UNREAD])
SOME = st.dictionaries(
    st.sampled_from(['a1', 'a2', 'b1', 'b2', 'B2', 'c1']), KNOWN, max_size=5
).filter(bool)
WAIVERS = st.lists(
    st.builds(
        sample_reports.waiver,
        st.sampled_from([*registry.RULES][:13]),
        st.sampled_from(['*', 'a*', 'b1']),
    ),
    max_size=2,
)
GROUPS = st.sampled_from([(), (host_groups.Group('a', ('a*',)),)])

#: The other way round.
EXCHANGED = {WORSE: BETTER, BETTER: WORSE, SAME: SAME, NEW: GONE, GONE: NEW}


@hypothesis.given(SOME, GROUPS, WAIVERS)
def test_a_fleet_compared_with_itself_says_nothing(
    some: dict[str, fleets.Known],
    groups: tuple[host_groups.Group, ...],
    accepted: list[findings.Waiver],
) -> None:
    whole = fleets.since(some, some, groups, accepted)
    assert whole.compared is not None
    assert whole.compared.hosts == ()
    assert whole.compared.counted == {
        **dict.fromkeys(changes.Change, 0),
        SAME: len(some),
    }
    rules = {one.name for one in registry.CHANGE_RULES}
    assert not any(host.rules & rules for host in whole.hosts)
    alone = fleets.of(some, groups, accepted)
    assert [host.rows for host in whole.hosts] == [
        host.rows for host in alone.hosts
    ]


@hypothesis.given(SOME, SOME, GROUPS, WAIVERS)
def test_there_and_back_better_and_worse_exchange(
    one: dict[str, fleets.Known],
    other: dict[str, fleets.Known],
    groups: tuple[host_groups.Group, ...],
    accepted: list[findings.Waiver],
) -> None:
    """Without the rules that look back: they hold both ways."""
    waivers = [*accepted, *ACCEPTED]
    there, back = (
        fleets.since(*pair, groups, waivers).compared
        for pair in ((one, other), (other, one))
    )
    assert there is not None and back is not None
    assert back.counted == {
        EXCHANGED[change]: number for change, number in there.counted.items()
    }
    # A host can have another name then and now.
    assert sorted(
        (
            host.host.lower(),
            EXCHANGED[host.change].value,
            host.ended,
            host.came,
        )
        for host in there.hosts
    ) == sorted(
        (host.host.lower(), host.change.value, host.came, host.ended)
        for host in back.hosts
    )
    number = sum(there.counted.values()) - there.counted[GONE]
    assert number == len(other)


@hypothesis.given(KNOWN, KNOWN)
def test_a_change_holds_both_ways(
    one: fleets.Known, other: fleets.Known
) -> None:
    rules = {rule.name for rule in registry.CHANGE_RULES}
    there, back = (
        fleets.since({'a': before}, {'a': now}).hosts[0].rules & rules
        for before, now in ((one, other), (other, one))
    )
    assert there == back


def test_the_numbers_are_in_the_report() -> None:
    whole = fleets.changed()
    assert whole.compared is not None
    assert dataclasses.replace(whole, compared=None).worst is whole.worst
    assert sum(whole.compared.counted.values()) == len(whole.hosts) + 1
