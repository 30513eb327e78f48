# SPDX-License-Identifier: Apache-2.0

"""Collected hosts, in words and numbers for the formats for people."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Mapping
import enum

from nova_cow_check._i18n import _
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.reports import separation as separations
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing


class HostKind(enum.Enum):
    """What became of a host, the worst first."""

    UNREAD = 'unread'
    FAILURE = 'failure'
    WARNING = 'warning'
    FINE = 'fine'
    #: No libvirt driver reads these settings.
    UNAFFECTED = 'unaffected'


def kind_words(kind: HostKind) -> str:
    """Return what stands behind a number of hosts."""
    return {
        HostKind.UNREAD: _('not read'),
        HostKind.FAILURE: _('with a failure'),
        HostKind.WARNING: _('with warnings'),
        HostKind.FINE: _('fine'),
        HostKind.UNAFFECTED: _('not concerned: without the libvirt driver'),
    }[kind]


def count_hosts(alike: Iterable[fleet.Alike]) -> Mapping[HostKind, int]:
    """Return how many hosts there are of each kind, the worst kind first."""
    counted = dict.fromkeys(HostKind, 0)
    for one in alike:
        counted[kind_of(one.example)] += len(one.hosts)
    return counted


def kind_of(host: report.HostReport) -> HostKind:
    """Return what became of a host."""
    if host.image_settings is None:
        return HostKind.UNREAD
    result = report.result_of(host.worst)
    if result is not report.Result.SUCCESS:
        return HostKind[result.name]
    if host.image_settings.is_fragment or not fleet.is_unaffected(host):
        return HostKind.FINE
    return HostKind.UNAFFECTED


def group_heading(group: str, is_only: bool) -> str:
    """Return what hosts are called together.

    :param group: '' for hosts without one
    :param is_only: whether there are no others
    """
    if group:
        return _('Group %s') % printing.printable(group)
    return _('All hosts') if is_only else _('Hosts in no group')


def count_findings(alike: Iterable[fleet.Alike]) -> str:
    """Return how many findings there are, in a sentence."""
    counted: collections.Counter[findings.Severity | None] = (
        collections.Counter()
    )
    for one in alike:
        failed = len(one.example.failed)
        counted[findings.Severity.FAILURE] += failed * len(one.hosts)
        # Each host has guests of its own.
        have_guests = one.example.guests is not None
        for host in one.hosts if have_guests else one.hosts[:1]:
            for finding in host.found:
                severity = finding.severity if finding.counts else None
                counted[severity] += 1 if have_guests else len(one.hosts)
    return _(
        'Failures: %(failures)d, warnings: %(warnings)d, notes: %(notes)d, '
        'waived: %(waived)d.'
    ) % {
        'failures': counted[findings.Severity.FAILURE],
        'warnings': counted[findings.Severity.WARNING],
        'notes': counted[findings.Severity.NOTE],
        'waived': counted[None],
    }


def exit_code(whole: report.Report) -> str:
    """Return the exit code, in a sentence."""
    return _('Exit code %(code)d, with --fail-on %(fail_on)s.') % {
        'code': whole.exit_code,
        'fail_on': whole.fail_on.value,
    }


def deciding(image_settings: host_settings.ImageSettings) -> Iterator[str]:
    """Yield what decides about disks; what is as usual is left out."""
    if image_settings.is_fragment:
        written = [one for one in image_settings.all if one.written]
        yield from map(_setting, written)
        if not written:
            yield _('no image setting is written')
        return
    usual = set()
    if not image_settings.force_raw_images.is_written:
        usual.add(opts.FORCE_RAW_IMAGES)
    if image_settings.driver is drivers.Kind.LIBVIRT:
        usual.add(opts.COMPUTE_DRIVER)
    for one in image_settings.all:
        if one.option not in usual:
            yield _setting(one)


def backend_or_why(image_settings: host_settings.ImageSettings) -> str:
    """Return the backend, or why there is none."""
    if verdict.why_not_judged(image_settings):
        return _('nova-compute does not start')
    if image_settings.is_fragment:
        return _('the rest is not known')
    novas = verdict.behaviour_of(image_settings)
    return novas.backend.value if novas else _('not concerned')


def places(alike: fleet.Alike) -> str:
    """Return a sentence: which host's the files and lines are."""
    example = alike.example
    files = example.image_settings.files if example.image_settings else ()
    read = ', '.join(printing.printable(example.path_of(one)) for one in files)
    if len(alike.hosts) == 1:
        here, elsewhere = (
            _('Read from %(files)s.'),
            _('Read from %(files)s on that host, as %(report)s says.'),
        )
    elif example.is_fragment:
        here = elsewhere = _(
            'The lines named below are those of %(files)s; in the others of '
            'these files, the same is written elsewhere.'
        )
    elif alike.are_places_alike:
        here, elsewhere = (
            _(
                'The lines named below are those of every host, such as '
                '%(files)s.'
            ),
            _(
                'The lines named below are those of every host, such as '
                '%(files)s on that host, as %(report)s says.'
            ),
        )
    else:
        here, elsewhere = (
            _(
                'The lines named below are those of %(host)s (%(files)s); on '
                'others of these hosts, the same is written elsewhere.'
            ),
            _(
                'The lines named below are those of %(host)s (%(files)s on '
                'that host, as %(report)s says); on others of these hosts, '
                'the same is written elsewhere.'
            ),
        )
    return (elsewhere if example.is_elsewhere else here) % {
        'host': printing.printable(example.name),
        'files': read,
        'report': printing.printable(example.path_of('')),
    }


def unread_place(host: report.HostReport) -> str:
    """Return what could not be read: a file on this machine, and a line."""
    assert isinstance(host.known, host_settings.Unreadable)
    kind, path = parsing.OriginKind.FILE, host.path_of(host.known.path)
    return wording.place(parsing.Origin(kind, path, host.known.line))


def _setting(one: host_settings.AnySetting) -> str:
    words = one.option.name
    if one.value is not None or one.is_written:
        words += f' = {one.shown}'
    # A file's line is told with the findings.
    return words if one.written else f'{words} ({wording.place(one.origin)})'


def separation(one: separations.Separation) -> Iterator[wording.Paragraph]:
    """Yield how to say that hosts which differ exchange no instances."""
    if not one.groups:
        yield wording.Paragraph(
            _(
                'If hosts that differ exchange no instances, say so with '
                '--group. Here it takes patterns: a name has a character '
                'that --group gives a meaning, or differs from another in '
                'capital letters alone.'
            )
        )
        return
    if one.group:
        words = _(
            'If hosts that differ exchange no instances, say so in place of '
            '--group %s=..., and they are not compared:'
        ) % printing.printable(one.group)
    else:
        words = _(
            'If hosts that differ exchange no instances, say so in the '
            'command, and they are not compared:'
        )
    yield wording.Paragraph(words)
    for group in one.groups:
        option = printing.printable(group.option)
        if len(option) <= separations.LONGEST:
            yield wording.Paragraph(option, is_setting=True)
        else:
            words = _(
                '--group %(name)s=... with %(hosts)d names, which --output '
                'json has'
            )
            both = {
                'name': printing.printable(group.name),
                'hosts': len(group.hosts),
            }
            yield wording.Paragraph(words % both)
