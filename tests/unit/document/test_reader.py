# SPDX-License-Identifier: Apache-2.0

"""A report read back: equal settings, or a reason, and never less."""

from __future__ import annotations

from collections.abc import Iterable
import copy
import dataclasses
import datetime
import json
import pathlib
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.document import host_reader
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check.formats import json as json_format
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from tests.unit import fleets
from tests.unit.formats import test_golden as formats
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'

TODAY = sample_reports.CREATED.date()

#: To the one option that can be anything.
REFERENCE = '${nova_cow_check.waivers_file}'

SICK = hosts.nova_conf(images_type='flat')

#: A line that Nova ignores, an invalid value, a waiver.
RICH = hosts.host(
    hosts.nova_conf(images_type='qcow', use_cow_images='False')
    + 'use_cow_images = no\n[api]\nauth = hunter2\n',
    {opts.FORCE_RAW_IMAGES.variable: 'False'},
)


def written(whole: report.Report) -> bytes:
    pieces = json_format.render(whole, interface.Appearance())
    return ''.join(pieces).encode()


def document(content: str = SICK, **kwargs: Any) -> Any:
    return json.loads(
        written(sample_reports.of(hosts.host(content), **kwargs))
    )


def only(data: bytes) -> host_reader.Host:
    """Return what a document tells of its only host."""
    (told,) = reader.parse(data, TODAY).hosts
    return told.host


def parse(found: Any) -> tuple[host_settings.Known, Any]:
    return only(json.dumps(found).encode())[:2]


def refused(found: Any) -> str:
    """Return the reason for which a document is not taken."""
    with pytest.raises(errors.ConfigurationError) as caught:
        parse(found)
    assert caught.value.path is None and caught.value.line is None
    return caught.value.reason


def as_text(changes: Iterable[findings.Change]) -> list[str]:
    """Return changes with their names and places as they are shown."""
    return [
        f'{change.action.value} {printing.value_as_shown(change.group)} '
        f'{printing.value_as_shown(change.name)} {change.value} '
        f'{wording.place(change.origin)}'
        for change in changes
    ]


def shown(found: findings.Finding) -> tuple[object, ...]:
    """Return a finding, but for what only an editor of files needs."""
    alternative = found.alternative
    return (
        found.rule,
        found.severity,
        found.counts,
        [wording.place(place) for place in found.origins],
        found.explanation,
        as_text(found.replacement.changes),
        alternative and as_text(alternative.replacement.changes),
        alternative and alternative.effects,
    )


def as_told(host: report.HostReport) -> host_settings.Known:
    """Return the settings, but for what only an editor of files needs."""
    known = host.image_settings
    assert known is not None
    told = {
        one.option.name: dataclasses.replace(
            one,
            origin=place(one.origin),
            written=tuple(map(place, one.written)),
            editing=host_config.Editing(),
        )
        for one in known.all
    }
    is_judged = 'ignored-setting' in host.rules
    ignored = tuple(
        one._replace(
            group=printing.value_as_shown(one.group),
            name=printing.value_as_shown(one.name),
            value=one.value if is_judged else None,
            origin=place(one.origin),
            frame=None,
        )
        for one in known.lookalikes
    )
    read = tuple(map(printing.printable, known.files))
    return dataclasses.replace(
        known,
        **told,
        lookalikes=ignored,
        files=read,
        libvirt_option=known.libvirt_option and place(known.libvirt_option),
        limits=(),
        references=(),
    )


def place(origin: parsing.Origin) -> parsing.Origin:
    return origin._replace(name=printing.printable(origin.name), lines=1)


def check_same(whole: report.Report) -> None:
    """Check that the settings of a host are equal when they are read back.

    And so are the findings, and the document.
    """
    (host,) = whole.hosts
    known, accepted, _guests, earlier, _group = only(written(whole))
    assert earlier == host.earlier
    assert known == as_told(host) and hash(known) == hash(as_told(host))
    rows = verdict.judge(known, accepted, earlier=earlier)
    assert [[shown(one) for one in row.found] for row in rows] == [
        [shown(one) for one in row.found] for row in host.rows
    ]
    assert [row.worst for row in rows] == [row.worst for row in host.rows]
    again = report.judge(report.ReadHost(host.name, known, accepted))
    assert written_again(whole, again) == json.loads(written(whole))


def written_again(whole: report.Report, host: report.HostReport) -> Any:
    """Return the document of the host as it was read back."""
    made = report.Report(
        (host,),
        whole.waivers_read,
        whole.fail_on,
        whole.version,
        whole.created,
    )
    found = json.loads(written(made))
    for one, before in zip(found['hosts'], whole.hosts):
        for row, row_before in zip(one['checks'], before.rows):
            for finding, was in zip(row['findings'], row_before.found):
                if was.waiver is not None:
                    # For this host only, so for whatever it is called.
                    finding['waiver']['hosts'] = list(was.waiver.hosts)
    return found


class TestSame:
    @pytest.mark.parametrize('waivers', [(), sample_reports.VARIED])
    @pytest.mark.parametrize(
        'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
    )
    def test_of_every_rule(self, path: pathlib.Path, waivers: Any) -> None:
        host = hosts.Host({path.name: path.read_text()})
        check_same(sample_reports.of(host, waivers))

    @hypothesis.given(
        strategies.files(
            st.sampled_from(strategies.VALUES)
            | st.sampled_from(strategies.ODD_VALUES)
        ),
        strategies.environments(st.sampled_from(strategies.ODD_VALUES)),
    )
    def test_of_any_host(
        self, content: str, environment: dict[str, str]
    ) -> None:
        host = hosts.host(content.replace('\r\n', '\n'), environment)
        check_same(sample_reports.of(host, sample_reports.VARIED))

    @hypothesis.given(
        strategies.hostile_hosts(), strategies.HOSTILE, strategies.HOSTILE
    )
    def test_of_a_hostile_host(
        self, host: hosts.Host, name: str, reason: str
    ) -> None:
        waivers = [sample_reports.waiver('invalid-setting', reason=reason)]
        check_same(sample_reports.of(host, waivers, name=name))

    @pytest.mark.parametrize('option', ['images_type', 'use_cow_images'])
    @pytest.mark.parametrize(
        'written_value',
        [
            'n\n  more',
            'raw\n  more',
            '\n  no',
            '\n  n',
            '\n  n # why',
            'no...',
            'qcow...',
            'x' * 61,
            'no' + 60 * ' ' + '# why',
            'no' + 60 * ' ' + 'x',
            'no' + 70 * 'x' + '# why',
            'no\t# why',
            r'no\t# why',
            r'\x1b' + '\x1b',
            20 * '\x1b',
            100 * '\x1b',
            '\x85no',
            60 * '\N{LATIN SMALL LETTER E WITH ACUTE}' + '...',
        ],
    )
    def test_of_a_value_of_which_not_all_is_shown(
        self, option: str, written_value: str
    ) -> None:
        check_same(
            sample_reports.of(
                hosts.host(hosts.nova_conf(**{option: written_value}))
            )
        )

    @pytest.mark.parametrize(
        'driver',
        [
            'libvirt.LibvirtDriver',
            'hyperv.HyperVDriver',
            'xenapi.XenAPIDriver',
            'fake.FakeDriver',
            'custom.Driver',
            'nova.virt.ironic.IronicDriver',
            'libvirt',
            '',
            'libvirt.LibvirtDriver\n  more',
            'nova.virt.fake.FakeDriver' + 60 * 'x',
        ],
    )
    @pytest.mark.parametrize('is_reference', [True, False])
    def test_of_any_driver(self, driver: str, is_reference: bool) -> None:
        content = f'[nova_cow_check]\nwaivers_file = {driver}\n'
        content += hosts.nova_conf(REFERENCE, use_cow_images='False')
        if not is_reference:
            content = hosts.nova_conf(driver, use_cow_images='False')
        check_same(sample_reports.of(hosts.host(content)))


def test_an_earlier_release_took_a_rule_for_less_bad() -> None:
    conf = hosts.nova_conf(images_type='qcow2', use_cow_images='False')
    found = document(conf)
    assert finding_of(found)['severity'] == 'failure'
    finding_of(found)['severity'] = 'warning'
    known, _accepted = parse(found)
    (*_others, moves) = verdict.judge(known)
    assert moves.worst is findings.Severity.FAILURE


class TestWaivers:
    """Those that the host applied hold for it, as of today."""

    def accepted(self, *args: Any, **kwargs: Any) -> Any:
        waiver = sample_reports.waiver('flat-disks-converted', *args, **kwargs)
        found = sample_reports.of(hosts.host(SICK), [waiver])
        return only(written(found))[:2]

    def test_one_that_holds_is_for_whatever_the_host_is_called(self) -> None:
        known, (waiver,) = self.accepted('compute*', reason='Soon gone.')
        assert (waiver.hosts, waiver.reason) == ((), 'Soon gone.')
        assert (waiver.origin.name, waiver.origin.line) == ('waivers.yaml', 1)
        (_first, _second, moves) = verdict.judge(known, (waiver,))
        assert moves.worst is None

    @pytest.mark.parametrize('days', [-1, 0, 1])
    def test_it_may_have_expired_since(self, days: int) -> None:
        expires = TODAY + datetime.timedelta(days)
        _known, (waiver,) = self.accepted(expires=expires)
        assert waiver.expires == expires
        assert waiver.is_expired is (days < 0)

    def test_one_that_matched_nothing_is_left_behind(self) -> None:
        assert self.accepted('another')[1] == ()

    def test_one_of_several_findings_is_there_once(self) -> None:
        content = SICK + 'use-cow-images = 1\nforce-raw-images = 1\n'
        waiver = sample_reports.waiver('ignored-setting')
        found = sample_reports.of(hosts.host(content), [waiver])
        assert len(only(written(found))[1]) == 1


class TestUnreadable:
    def test_it_stays_so_for_the_same_reason(self) -> None:
        whole = fleets.of(
            {'a': host_settings.Unreadable('cannot be read', 'nova.conf', 7)}
        )
        known, accepted, *_others = only(written(whole))
        assert accepted == ()
        # As the file is called on the host.
        assert known == host_settings.Unreadable(
            'cannot be read', 'nova.conf', 7
        )

    def test_settings_beside_it_are_none(self) -> None:
        found = document()
        found['hosts'][0]['unreadable'] = {
            'reason': 'x',
            'place': {'kind': 'file', 'name': None, 'line': None},
        }
        assert 'flat-disks-converted that its own' in refused(found)


def host_of(found: Any) -> Any:
    return found['hosts'][0]


def setting_of(found: Any, name: str) -> Any:
    (setting,) = [s for s in host_of(found)['settings'] if s['name'] == name]
    return setting


def finding_of(found: Any) -> Any:
    (finding,) = host_of(found)['checks'][2]['findings']
    return finding


#: What is done to a document -> a part of the reason.
CONTRADICTIONS = {
    'another version': (
        lambda d: d.update(report_version=2),
        'at report_version: it is not 1',
    ),
    'true for a version': (
        lambda d: d.update(report_version=True),
        'at report_version: it is not 1',
    ),
    'another program': (
        lambda d: d['program'].update(name='hunter2'),
        'at program.name: it is another program',
    ),
    'no host': (lambda d: d['hosts'].clear(), 'a report on 0 hosts'),
    'two hosts': (
        lambda d: d['hosts'].append(host_of(d)),
        'a report on 2 hosts',
    ),
    'a missing field': (
        lambda d: host_of(d).pop('checks'),
        'at hosts[0].checks: it is missing',
    ),
    'a missing option': (
        lambda d: host_of(d)['settings'].pop(),
        'at hosts[0].settings: an option is missing',
    ),
    'an option twice': (
        lambda d: host_of(d)['settings'].append(
            setting_of(d, 'use_cow_images')
        ),
        'at hosts[0].settings[4]: it is there twice',
    ),
    'an unknown rule': (
        lambda d: finding_of(d).update(rule='hunter2'),
        'a rule that this release does not know',
    ),
    'an unknown severity': (
        lambda d: finding_of(d).update(severity='hunter2'),
        'severity: it is none of the words',
    ),
    'a finding of other settings': (
        lambda d: setting_of(d, 'images_type').update(
            value='qcow2', shown='qcow2'
        ),
        'a finding of flat-disks-converted that its own settings',
    ),
    'a finding more often than its cause': (
        lambda d: host_of(d)['checks'][2]['findings'].append(finding_of(d)),
        'a finding of flat-disks-converted that its own settings',
    ),
    'a finding across hosts': (
        lambda d: finding_of(d).update(
            rule='mixed-image-backends', severity='failure'
        ),
        'a finding of mixed-image-backends that its own settings',
    ),
    'a worse finding': (
        lambda d: finding_of(d).update(severity='failure'),
        'a finding of flat-disks-converted that its own settings',
    ),
    'a value that is none': (
        lambda d: setting_of(d, 'images_type').update(value='hunter2'),
        'settings[1].value: it is not a value of the option',
    ),
    'a number for a boolean': (
        lambda d: setting_of(d, 'use_cow_images').update(value=1),
        'settings[2].value: it is not a value of the option',
    ),
    'text for a boolean': (
        lambda d: setting_of(d, 'use_cow_images').update(value='True'),
        'settings[2].value: it is not a value of the option',
    ),
    'a value unlike what is written': (
        lambda d: setting_of(d, 'images_type').update(value='qcow2'),
        'settings[1]: its parts do not fit together',
    ),
    'a default that is none': (
        lambda d: setting_of(d, 'use_cow_images').update(
            value=False, shown='False'
        ),
        'settings[2]: its parts do not fit together',
    ),
    'set, but nowhere': (
        lambda d: setting_of(d, 'images_type').update(places=[]),
        'settings[1]: its parts do not fit together',
    ),
    'valid, with a fault': (
        lambda d: setting_of(d, 'images_type').update(fault='invalid'),
        'settings[1]: its parts do not fit together',
    ),
    'unresolved, with a value': (
        lambda d: setting_of(d, 'compute_driver').update(
            fault='unresolved', is_valid=False
        ),
        'settings[0]: its parts do not fit together',
    ),
    'a fault that is none': (
        lambda d: setting_of(d, 'compute_driver').update(
            fault='unloadable', is_valid=False
        ),
        'settings[0].fault: it is none of the words',
    ),
    'another value meant, though it is valid': (
        lambda d: setting_of(d, 'images_type').update(meant='raw'),
        'settings[1]: its parts do not fit together',
    ),
    'another driver meant, though it is known': (
        lambda d: setting_of(d, 'compute_driver').update(meant=hosts.LIBVIRT),
        'settings[0]: its parts do not fit together',
    ),
    'more than a report shows': (
        lambda d: setting_of(d, 'images_type').update(shown='raw' + 60 * ' '),
        'settings[1].shown: nothing is shown so',
    ),
    'a driver of another kind': (
        lambda d: host_of(d).update(driver='independent'),
        'settings[0]: its parts do not fit together',
    ),
    'a file without a name': (
        lambda d: setting_of(d, 'images_type')['place'].update(name=None),
        'settings[1].place.name: it is missing',
    ),
    'the line before the first': (
        lambda d: setting_of(d, 'images_type')['place'].update(line=-1),
        'place.line: it is not a number that can be there',
    ),
    'a line beyond every file': (
        lambda d: setting_of(d, 'images_type')['place'].update(line=10**17),
        'place.line: it is not a number that can be there',
    ),
    'true for a line': (
        lambda d: setting_of(d, 'images_type')['place'].update(line=True),
        'place.line: it is not a number that can be there',
    ),
    'half a line': (
        lambda d: setting_of(d, 'images_type')['place'].update(line=1e308),
        'place.line: it is not a number that can be there',
    ),
    'a waiver of another rule': (
        lambda d: finding_of(d).update(
            waiver={'rule': 'driver-removed', 'reason': 'x'}
        ),
        'waiver.rule: it is not the rule of the finding',
    ),
    'a waiver until never': (
        lambda d: finding_of(d).update(
            waiver={
                'rule': 'flat-disks-converted',
                'reason': 'x',
                'expires': '2027-02-30',
            }
        ),
        'waiver.expires: it is not a date',
    ),
    'text for a list': (
        lambda d: host_of(d).update(files='hunter2'),
        'at hosts[0].files: it is not a list',
    ),
    'a number for text': (
        lambda d: host_of(d).update(files=[7]),
        'at hosts[0].files[0]: it is not text',
    ),
}


@pytest.mark.parametrize('name', CONTRADICTIONS)
def test_what_contradicts_itself_is_not_taken(name: str) -> None:
    change, reason = CONTRADICTIONS[name]
    found = document()
    change(found)
    told = refused(found)
    assert reason in told
    assert 'hunter2' not in told


#: The value of an option that is faulty -> values that it cannot mean.
WRONG_MEANINGS = [
    ({'images_type': 'qcow'}, 'images_type', ['hunter2', True, 1, [], {}]),
    ({'use_cow_images': 'n'}, 'use_cow_images', ['False', 0, 1, [], {}]),
    (
        {'compute_driver': 'libvirt'},
        'compute_driver',
        ['hunter2', 'libvirt', '', True, 1, [], {}],
    ),
    (
        {'compute_driver': '$nothing'},
        'compute_driver',
        [hosts.LIBVIRT, 'hunter2', True, []],
    ),
    # A reference to what Nova cannot load.
    (
        {'compute_driver': '${libvirt.images_type}', 'images_type': 'raw'},
        'compute_driver',
        ['raw', 'kvm', 'hunter2', True, []],
    ),
]


@pytest.mark.parametrize(('options', 'name', 'wrong'), WRONG_MEANINGS)
def test_what_nobody_can_mean_is_not_taken(
    options: dict[str, str], name: str, wrong: list[object]
) -> None:
    found = document(hosts.nova_conf(**options))
    for meant in wrong:
        setting_of(found, name)['meant'] = meant
        assert 'its parts do not fit together' in refused(found)


def test_a_reference_to_what_is_not_novas_stands_for_none_of_nova() -> None:
    content = '[nova_cow_check]\nwaivers_file = my.hunter2\n'
    found = document(content + hosts.nova_conf(REFERENCE))
    assert found['hosts'][0]['driver'] == 'unknown'
    driver = setting_of(found, 'compute_driver')
    assert (driver['value'], driver['meant']) == (None, None)
    for meant in (hosts.LIBVIRT, 'my.hunter2', 'hunter2'):
        driver['meant'] = meant
        assert 'its parts do not fit together' in refused(found)


#: Driver -> the kind that releases with fewer kinds told of it.
FORMER_KINDS = ['cloud.LibvirtDriver', 'compute_hyperv.driver.HyperVDriver']


@pytest.mark.parametrize('driver', FORMER_KINDS)
def test_a_kind_that_was_unknown_is_found_out(driver: str) -> None:
    found = document(hosts.nova_conf(driver, 'qcow2'))
    host = found['hosts'][0]
    known, _accepted = parse(found)
    host['driver'] = 'unknown'
    del host['libvirt_option']
    assert parse(found)[0] == known


def test_what_shows_a_compute_host_is_read_back() -> None:
    found = document('[libvirt]\nvirt_type = kvm\n')
    host = found['hosts'][0]
    place = {'kind': 'file', 'name': 'nova.conf', 'line': 2}
    assert host['libvirt_option'] == place
    known, _accepted = parse(found)
    assert isinstance(known, host_settings.ImageSettings)
    assert known.libvirt_option == parsing.Origin(
        parsing.OriginKind.FILE, 'nova.conf', 2
    )
    host['libvirt_option'] = {**place, 'kind': 'default'}
    assert 'hosts[0].libvirt_option' in refused(found)


def test_a_host_with_a_driver_needs_nothing_to_show_it() -> None:
    found = document(hosts.nova_conf(images_type='qcow2'))
    host = found['hosts'][0]
    assert host['libvirt_option'] is None
    host['libvirt_option'] = {'kind': 'file', 'name': 'a.conf', 'line': 2}
    assert 'hosts[0].libvirt_option' in refused(found)


@pytest.mark.parametrize('meant', ['fake.FakeDriver', 'hunter2', 'hyperv'])
def test_a_reference_stands_for_a_driver_of_its_kind(meant: str) -> None:
    content = '[nova_cow_check]\nwaivers_file = hyperv.HyperVDriver\n'
    found = document(content + hosts.nova_conf(REFERENCE))
    driver = setting_of(found, 'compute_driver')
    assert (driver['value'], driver['meant']) == (None, 'hyperv.HyperVDriver')
    driver['meant'] = meant
    assert 'its parts do not fit together' in refused(found)


class TestOlderReport:
    """One of a release that did not tell what was meant."""

    def judged(self, content: str) -> tuple[frozenset[str], set[Any]]:
        """Return the rules that hold, and the values that are proposed."""
        found = document(content)
        for setting in host_of(found)['settings']:
            del setting['meant']
        known, accepted = parse(found)
        host = report.judge(report.ReadHost('a', known, accepted))
        return host.rules, {
            (change.name, change.value)
            for finding in host.found
            for change in finding.replacement.changes
        }

    @pytest.mark.parametrize(
        'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
    )
    def test_it_leads_to_the_same_rules(self, path: pathlib.Path) -> None:
        content = path.read_text()
        known = hosts.host(content).settings()
        host = report.judge(report.ReadHost('a', known))
        assert self.judged(content)[0] == host.rules

    @pytest.mark.parametrize(
        ('options', 'proposed'),
        [
            ({'images_type': 'qcow'}, ('images_type', 'qcow2')),
            ({'images_type': 'flat\n  x'}, ('images_type', 'flat')),
            ({'force_raw_images': 'n # x'}, ('force_raw_images', 'False')),
            (
                {'compute_driver': 'nova.virt.fake.FakeDriver'},
                ('compute_driver', 'fake.FakeDriver'),
            ),
        ],
    )
    def test_what_is_shown_is_taken_for_all_of_it(
        self, options: dict[str, str], proposed: tuple[str, str]
    ) -> None:
        assert proposed in self.judged(hosts.nova_conf(**options))[1]

    @pytest.mark.parametrize(
        ('driver', 'rule'),
        [
            ('xenapi.XenAPIDriver', 'driver-removed'),
            ('nova.virt.fake.FakeDriver', 'invalid-setting'),
        ],
    )
    def test_what_a_reference_stands_for_is_not_known(
        self, driver: str, rule: str
    ) -> None:
        content = f'[nova_cow_check]\nwaivers_file = {driver}\n'
        rules, _proposed = self.judged(
            content + hosts.nova_conf(REFERENCE, images_type='qcow2')
        )
        assert rule in rules


#: Values that older releases took for what was meant.
GUESSES = [
    ({'images_type': 'ceph'}, 'images_type', 'flat'),
    ({'images_type': 'rad'}, 'images_type', 'raw'),
    ({'use_cow_images': 'maybe'}, 'use_cow_images', True),
    (
        {'compute_driver': 'nova.virt.fake.FakeConnection'},
        'compute_driver',
        'fake.FakeConnection',
    ),
    (
        {'compute_driver': '${libvirt.images_type}', 'images_type': 'raw'},
        'compute_driver',
        'fake.FakeConnection',
    ),
]


@pytest.mark.parametrize(('options', 'name', 'guess'), GUESSES)
def test_what_an_older_release_guessed_is_not_proposed(
    options: dict[str, str], name: str, guess: object
) -> None:
    found = document(hosts.nova_conf(**options))
    setting_of(found, name)['meant'] = guess
    checks = host_of(found)['checks']
    # What it found with its guess.
    finding = json.loads(json.dumps(checks[0]['findings'][0]))
    finding.update(rule='implicit-image-backend', severity='warning')
    checks[1]['findings'].append(finding)
    known, _accepted = parse(found)
    host = report.judge(report.ReadHost('a', known))
    assert host.rules == {'invalid-setting'}
    assert [one.replacement.changes for one in host.found] == [()]


@pytest.mark.parametrize(
    'content',
    [
        '[DEFAULT]\nx = 1\n  [libvirt]\nimages_type = raw\n',
        '[libvirt]\nx = 1\n  images_type = raw\n',
    ],
)
def test_what_white_space_made_a_part_of_a_value(content: str) -> None:
    content = hosts.nova_conf(images_type='qcow2') + content
    before = report.judge(report.ReadHost('a', hosts.host(content).settings()))
    after = report.judge(report.ReadHost('a', parse(document(content))[0]))
    assert [one.explanation for one in after.found] == [
        one.explanation for one in before.found
    ]
    assert 'white space before' in after.found[0].explanation


def test_what_a_newer_release_adds_is_passed_over() -> None:
    found = document()
    found['new'] = {'hunter2': [1.5, None]}
    host_of(found)['settings'].append({'name': 'a_new_option'})
    finding_of(found)['explanation'] = 'In other words.'
    known, _accepted = parse(found)
    assert known == parse(document())[0]


def test_what_it_did_not_find_itself_is_found() -> None:
    found = document()
    for check in host_of(found)['checks']:
        check['findings'].clear()
    assert parse(found) == parse(document())


BYTES = written(sample_reports.of(hosts.host(SICK)))

#: Bytes -> the reason.
NO_DOCUMENTS = {
    'nothing': (b'', 'not valid JSON, in line 1'),
    'half of it': (BYTES[:-700], 'not valid JSON'),
    'more than one': (BYTES + BYTES, 'not valid JSON'),
    'a password': (b'\n[DEFAULT]\nhunter2', 'not valid JSON, in line 2'),
    'another document': (b'{"a": "hunter2"}', 'report_version: it is missing'),
    'no object': (b'["hunter2"]', 'report_version: it is missing'),
    'null': (b'null', 'report_version: it is missing'),
    'not UTF-8': (b'"\xff"', 'not UTF-8 text'),
    'UTF-16': (BYTES.decode().encode('utf-16'), 'not UTF-8 text'),
    'deep lists': (b'[' * 10**6, 'not JSON that can be a report'),
    'deep objects': (b'{"a":' * 10**6, 'not JSON that can be a report'),
    'a name twice': (
        BYTES.replace(b'"name":', b'"name": "hunter2", "name":', 1),
        'not JSON that can be a report',
    ),
    'not a number': (
        BYTES.replace(b'"report_version": 1', b'"report_version": NaN'),
        'not JSON that can be a report',
    ),
    'a huge number': (
        BYTES.replace(b'"report_version": 1', b'"a": ' + b'9' * 10**6),
        'not JSON that can be a report',
    ),
}


@pytest.mark.parametrize('name', NO_DOCUMENTS)
def test_what_is_no_document_is_not_taken(name: str) -> None:
    data, reason = NO_DOCUMENTS[name]
    with pytest.raises(errors.ConfigurationError) as caught:
        only(data)
    assert reason in caught.value.reason
    assert 'hunter2' not in caught.value.reason


def test_a_byte_order_mark_does_no_harm() -> None:
    assert only(b'\xef\xbb\xbf' + BYTES) == (only(BYTES))


JSON_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([2**63, 10**17, 1e308, -0.5, [], {}, [[]], {'a': {}}]),
    strategies.HOSTILE,
    st.text(max_size=3),
    st.just('x' * 1000),
    st.sampled_from(
        ['file', 'default', 'override', 'qcow2', 'True', 'invalid', '...', '$']
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A report in which something was replaced, removed or repeated."""
    found = json.loads(
        written(
            sample_reports.of(RICH, [sample_reports.waiver('ignored-setting')])
        )
    )
    for _change in range(draw(st.integers(1, 3))):
        node = found
        while True:
            keys = list(node if isinstance(node, dict) else range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if node[key] and isinstance(node[key], (dict, list)):
                if draw(st.integers(0, 4)):
                    node = node[key]
                    continue
            action = draw(st.sampled_from(['replace', 'remove', 'repeat']))
            if action == 'remove':
                del node[key]
            elif action == 'repeat' and isinstance(node, list):
                node.append(node[key])
            else:
                node[key] = copy.deepcopy(draw(JSON_VALUES))
            break
    return found


@hypothesis.given(mutated())
def test_a_mutated_report_loses_nothing_and_breaks_nothing(found: Any) -> None:
    try:
        known, accepted = parse(found)
    except errors.ConfigurationError as error:
        assert error.reason.isprintable() and 'hunter2' not in error.reason
        return
    source = report.Source(report.SourceKind.REPORT, 'a.json')
    host = report.judge(report.ReadHost('a', known, accepted, source))
    told = {
        finding['rule']
        for check in host_of(found)['checks']
        for finding in check['findings']
    }
    assert told <= host.rules
    whole = report.Report(
        (host,), (), report.FailOn.NOTE, '1', sample_reports.CREATED, True
    )
    for name in formats.FORMATS:
        render = interface.load(name)
        rendered = ''.join(render(whole, interface.Appearance()))
        assert rendered.replace('\n', '').isprintable(), name


@hypothesis.given(
    st.integers(0, len(BYTES)),
    st.binary(max_size=3),
    st.integers(0, 3),
)
def test_a_damaged_file_is_a_report_or_not(
    place: int, inserted: bytes, removed: int
) -> None:
    damaged = BYTES[:place] + inserted + BYTES[place + removed :]
    try:
        known, *_others = only(damaged)
    except errors.ConfigurationError as error:
        assert error.reason.isprintable()
    else:
        assert verdict.judge(known)


def test_lines_that_are_not_told_one_by_one_are_counted() -> None:
    content = SICK + '[x]\n' + 'images_type = raw\n' * 250
    before = hosts.host(content).settings()
    assert (len(before.lookalikes), before.more_lookalikes) == (100, 150)
    found = document(content)
    assert host_of(found)['ignored_more'] == 150
    known, _accepted = parse(found)
    assert isinstance(known, host_settings.ImageSettings)
    assert known.more_lookalikes == 150
    host_of(found)['ignored_more'] = 'many'
    assert 'it is not a number that can be there' in refused(found)
    # Releases before the field told all of them.
    few = document(SICK + '[x]\n' + 'images_type = raw\n' * 3)
    del host_of(few)['ignored_more']
    known, _accepted = parse(few)
    assert isinstance(known, host_settings.ImageSettings)
    assert (len(known.lookalikes), known.more_lookalikes) == (3, 0)
