# SPDX-License-Identifier: Apache-2.0

"""Every format has hosts in one order, what is unsafe before what breaks."""

from __future__ import annotations

from collections.abc import Iterable
import re

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit.formats import test_golden
from tests.unit import hosts

UNSAFE = hosts.nova_conf(images_type='qcow2', use_cow_images='False')
REFUSED = hosts.nova_conf(images_type='rbd', force_raw_images='False')
RULE = 'raw-disks-opened-as-qcow2'

# What breaks, on more hosts and with a name that comes before -> its rule.
BREAKS = [
    (hosts.nova_conf(images_type='zfs'), 'invalid-setting'),
    (REFUSED, 'rbd-without-raw-images'),
    (hosts.nova_conf(images_type='flat'), 'flat-disks-converted'),
    (hosts.nova_conf(), 'implicit-image-backend'),
    (
        hosts.nova_conf(images_type='qcow2') + '[DEFAULT]\nimage_type = raw\n',
        'ignored-setting',
    ),
]


def shown(name: str, whole: report.Report) -> str:
    render = interface.load(name)
    text = ''.join(render(whole, interface.Appearance()))
    # Of SARIF, the results: every rule is in the catalogue, in its order. Of
    # a page, the cards: the index above them has names in their own order.
    text = text.rpartition('"results": ')[2]
    return re.split('id="(?:unread|hosts)"', text, maxsplit=1)[-1]


@pytest.mark.parametrize(('breaks', 'rule'), BREAKS)
@pytest.mark.parametrize('name', test_golden.FORMATS)
def test_unsafe_comes_first(name: str, breaks: str, rule: str) -> None:
    text = shown(name, fleets.of({'a1': breaks, 'a2': breaks, 'z1': UNSAFE}))
    assert 0 <= text.index(RULE) < text.index(rule)


@pytest.mark.parametrize('name', ['text', 'html', 'journal'])
def test_so_it_does_on_one_host(name: str) -> None:
    ignored = UNSAFE + '[DEFAULT]\nimages_type = qcow2\n'
    text = shown(name, fleets.of({'a': ignored}))
    assert text.index(RULE) < text.index('ignored-setting')


def test_what_is_judged_with_values_proposed_stands_behind_the_fault() -> None:
    faulty = hosts.nova_conf('libvirt', 'qcow2', 'False')
    (host,) = fleets.of({'a': faulty}).hosts
    assert [one.rule for one in host.found][:1] == ['invalid-setting']
    assert host.urgency == (False, 2)


def test_a_waived_one_does_not_come_first() -> None:
    waived = test_golden.sample_reports.waiver(RULE)
    whole = fleets.of({'a': UNSAFE, 'b': hosts.nova_conf()}, accepted=[waived])
    assert [host.name for host in whole.hosts] == ['b', 'a']


IGNORED = hosts.nova_conf(images_type='qcow2') + '[DEFAULT]\nimage_type=raw\n'

# Fleets, in the order of their hosts.
ORDERS: list[dict[str, fleets.Known]] = [
    # What was not read, what is unsafe by itself, and beside others, what
    # breaks, and what is fine.
    {
        'n6': host_settings.Unreadable('gone'),
        'n5': UNSAFE,
        'n4': hosts.nova_conf(images_type='flat'),
        'n3': hosts.nova_conf(images_type='zfs'),
        'n1': IGNORED,
        'n0': fleets.QCOW2,
    },
    # Unsafe by itself, though on fewer hosts, before what is so beside
    # others.
    {
        'n9': UNSAFE,
        'n1': fleets.FLAT,
        'n2': fleets.FLAT,
        **dict.fromkeys(['n3', 'n4', 'n5'], fleets.QCOW2),
    },
    # Hosts that are alike are not torn apart: most first, then by name.
    {
        'n2': IGNORED,
        'n4': IGNORED,
        'n6': IGNORED,
        'n1': hosts.nova_conf(),
        'n3': hosts.nova_conf(),
        'n5': hosts.nova_conf(images_type='default'),
    },
]


def first_seen(text: str, names: Iterable[str]) -> list[str]:
    """Return names in the order in which a text has them."""
    return sorted(names, key=text.index)


@pytest.mark.parametrize('some_fleet', ORDERS)
def test_hosts_are_judged_in_the_order_that_is_shown(
    some_fleet: dict[str, fleets.Known],
) -> None:
    for given in (dict(reversed(list(some_fleet.items()))), some_fleet):
        whole = fleets.of(given)
        judged = [host.name for host in whole.hosts]
        told = [
            host.name for one in fleet.alike(whole.hosts) for host in one.hosts
        ]
        assert judged == told == list(some_fleet)


@pytest.mark.parametrize('name', test_golden.FORMATS)
def test_every_format_has_hosts_in_one_order(name: str) -> None:
    # Each of another kind, so that no names are folded.
    some_fleet = dict(reversed(list(ORDERS[0].items())))
    found = [one for one in ORDERS[0] if one != 'n0']
    assert first_seen(shown(name, fleets.of(some_fleet)), found) == found


def test_hosts_that_are_alike_are_in_the_order_of_their_names() -> None:
    whole = fleets.of(dict.fromkeys(['b', 'a', 'd', 'c'], UNSAFE))
    assert [host.name for host in whole.hosts] == ['a', 'b', 'c', 'd']
