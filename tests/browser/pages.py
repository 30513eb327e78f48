# SPDX-License-Identifier: Apache-2.0

"""The pages for the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import dataclasses
import itertools

from nova_cow_check.formats import html
from nova_cow_check.formats import interface
from nova_cow_check.reports import audit
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit.guests import disks
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

#: Names and reasons that are elements, links, ends of what is around them,
#: and characters that hide or turn others.
HOSTILE = (
    '<script>document.title = "taken"</script>',
    '"><img src=x onerror="document.title = 1">',
    "' onmouseover='document.title = 1",
    '</style></title></article></main><h1>All is well</h1>',
    '<!-- ',
    '&lt;b&gt;&#60;b&#62;&amp',
    ']]><svg onload=alert(1)>',
    'javascript:alert(1)',
    'nul\0 bell\a escape\x1b[2J\u202eright-to-left\u2028line\udcff\ufeff',
    '\u05d0\u05d1\u05d2 <\u0627>',
    'x' * 300,
    '../../../etc/passwd',
)


def some_fleet(name: str) -> report.Report:
    """Return one of the fleets of the unit tests."""
    return fleets.FLEETS[name]()


def host() -> report.Report:
    """Return the report on one host, which has a finding of each severity."""
    conf = hosts.nova_conf(images_type='rbd', use_cow_images='True')
    conf += '[default]\nforce_raw_images = no\n'
    return sample_reports.of(hosts.host(conf), sample_reports.VARIED)


def hostile() -> report.Report:
    """Return the report on a fleet that was collected from an enemy."""
    strange = {
        f'{text}{number}': host_settings.Unreadable(text, text, number)
        for number, text in enumerate(HOSTILE)
    }
    written = {
        text: hosts.nova_conf(images_type=' '.join(text.split()))
        for text in HOSTILE
    }
    accepted = [
        sample_reports.waiver('invalid-setting', reason=text)
        for text in HOSTILE
    ]
    named = [
        host_groups.Group(text, (f'*{number}',))
        for number, text in enumerate(HOSTILE[:2])
    ]
    return fleets.of({**strange, **written}, named, accepted)


def huge() -> report.Report:
    """Return the report on 10,000 hosts with all settings that there are."""
    confs = [
        hosts.nova_conf(
            images_type=images_type,
            use_cow_images=use_cow_images,
            force_raw_images=force_raw_images,
        )
        for images_type, use_cow_images, force_raw_images in itertools.product(
            ('qcow2', 'flat', 'rbd', 'lvm', 'ploop'),
            ('True', 'False'),
            ('True', 'False'),
        )
    ]
    known: list[host_settings.Known] = [
        hosts.host(conf).settings() for conf in confs
    ]
    known.append(host_settings.Unreadable('cannot be read', 'nova.conf'))
    found = [
        report.ReadHost(
            f'compute{number:05}',
            known[number % len(known)],
            source=report.Source(
                report.SourceKind.FILE, f'fleet/compute{number:05}.conf'
            ),
        )
        for number in range(10_000)
    ]
    whole = fleets.of({})
    return dataclasses.replace(whole, hosts=fleet.compare(found))


#: Settings of hosts, and how many of 20 have them: most are fine.
_SETTINGS: tuple[tuple[int, dict[str, str | None]], ...] = (
    (8, {'images_type': 'qcow2'}),
    (2, {}),
    (2, {'images_type': 'rbd'}),
    (1, {'images_type': 'flat', 'use_cow_images': 'False'}),
    (1, {'images_type': 'raw'}),
    (1, {'images_type': 'qcow2', 'use_cow_images': 'False'}),
    (1, {'images_type': 'qcow2', 'force_raw_images': 'False'}),
    (1, {'images_type': 'rbd', 'force_raw_images': 'no'}),
    (1, {'images_type': 'lvm', 'use_cow_images': 'yes'}),
    (1, {'use_cow_images': 'maybe'}),
    (1, {'compute_driver': 'ironic.IronicDriver'}),
)

#: Names of hosts as sites have them, by the group that they are in, if any.
_NAMES = {
    'cell1': 'cell1-compute{:03}',
    'cell2': 'cell2-compute{:03}.rack{:02}.fra2.cloud.internal.example.org',
    'the edge of the network in Berlin': 'edge-{:x}-berlin',
    '': 'hv{:05}',
}


def _conf(number: int) -> str:
    kinds = [one for times, one in _SETTINGS for _time in range(times)]
    conf = hosts.nova_conf(**kinds[number * 7 % len(kinds)])
    comment = '# Written by hand.\n' if number % 13 == 0 else ''
    ignored = '[compute]\nuse_cow_images = False\n' if number % 29 == 0 else ''
    return f'{comment}{conf}{ignored}'


def _guests(number: int) -> audit.Guests | None:
    if number % 4:
        return None
    if number % 20 == 0:
        return audit.NotLooked('Guests were not looked at: no state_path.')
    own = sample_guests.VARIED if number % 12 == 0 else ()
    some = (disks.guest(disks.raw()),) * 2
    guests = sample_guests.numbered((*own, *some), number * 100)
    return sample_guests.audit_of(guests, sample_guests.QCOW2)


def site() -> report.Report:
    """Return the report on 300 hosts as a large site could have them."""
    accepted = [
        sample_reports.waiver('mixed-image-backends', 'hv000[1-3]*', line=2),
        sample_reports.waiver(
            'implicit-image-backend',
            'cell1-*',
            line=7,
            reason='Named with the next upgrade, as agreed with the owners.',
        ),
        sample_reports.waiver('guest-without-domain', 'absent', line=9),
    ]
    read = []
    for number, group in zip(range(300), itertools.cycle(_NAMES)):
        name = _NAMES[group].format(number, number % 16)
        known: host_settings.Known = hosts.host(_conf(number)).settings()
        if number % 37 == 5:
            known = host_settings.Unreadable(
                'the line has neither "=" nor ":"', 'nova.conf', number
            )
        elif number % 37 == 11:
            known = host_settings.Unreadable('it is expected')
        source = report.Source(
            report.SourceKind.FILE, f'/srv/collected/{name}/etc/nova/nova.conf'
        )
        is_read = isinstance(known, host_settings.ImageSettings)
        read.append(
            report.ReadHost(
                name,
                known,
                findings.waivers_for_host(accepted, name),
                source,
                _guests(number) if is_read else None,
            )
        )
    groups = [
        host_groups.Group('cell1', ('cell1-*',)),
        host_groups.Group('cell2', ('cell2-*',)),
        host_groups.Group('the edge of the network in Berlin', ('edge-*',)),
    ]
    return fleets.made(read, groups, accepted, sharing=['cell1'])


def rendered(whole: report.Report) -> str:
    return ''.join(html.render(whole, interface.Appearance()))


PAGES: Mapping[str, Callable[[], str]] = {
    'varied': lambda: rendered(some_fleet('varied')),
    'alike': lambda: rendered(some_fleet('alike')),
    'site': lambda: rendered(site()),
    'host': lambda: rendered(host()),
    'hostile': lambda: rendered(hostile()),
    'huge': lambda: rendered(huge()),
    'none': lambda: rendered(fleets.of({})),
    'guests': lambda: rendered(sample_guests.varied()),
    'fleet-guests': lambda: rendered(sample_guests.shared()),
}

#: Those that a test of every page can afford.
SMALL = [name for name in PAGES if name != 'huge']
