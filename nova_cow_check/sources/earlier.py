# SPDX-License-Identifier: Apache-2.0

"""Earlier reports, which the hosts of a run are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
import datetime
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check import host_names
from nova_cow_check.reports import changes
from nova_cow_check.reports import comparison
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import files

_EXTENSION = '.json'

#: When a report was made that cannot be read: before all others.
_NEVER = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


class Reports(NamedTuple):
    """What earlier reports tell."""

    earlier: comparison.Earlier
    #: Paths in folders of reports that are none.
    passed_over: tuple[str, ...]


class _Told(NamedTuple):
    """A host, as one report tells of it."""

    name: str
    created: datetime.datetime
    path: str
    found: collected.Collected


def read(
    paths: Sequence[str],
    only: str | None = None,
    accepted: Sequence[findings.Waiver] = (),
    release: str = '',
) -> Reports:
    """Read earlier reports, each path one or a folder of some.

    A host that several of them tell of is as the one tells that was made
    last; of two that were made at once, the one that was given last. A
    report in a folder that cannot be read is a host that cannot be.

    :param only: the one host of the run, and what a host calls itself in its
        report counts; without it, the report of a host has the name of its
        file, as wherever hosts are collected
    :param accepted: waivers that hold for them, too
    :param release: of the Nova that all are judged as, '' for their own
    :raises ConfigurationError: if a path is neither, or a folder has none
    """
    passed_over: list[str] = []
    told = [
        one
        for path, is_named in _files(paths, passed_over)
        for one in _hosts(path, is_named, only is not None)
    ]
    by_name = _by_name(told)
    # All there are, where none is about the host.
    times = _times(told)
    if not times:
        reason = _('no report could be read there')
        raise errors.ConfigurationError(reason, ', '.join(paths))
    if only is not None:
        partner = comparison.partners([only], by_name).values()
        by_name = {name: by_name[name] for name in partner}
    counting = [first for first, *_others in by_name.values()]
    times = _times(counting) or times
    return Reports(
        comparison.Earlier(
            tuple(_host(one, accepted, release) for one in counting),
            min(times),
            max(times),
            tuple(_repeated(by_name)),
            dict(_known_before(by_name)),
        ),
        tuple(passed_over),
    )


def _repeated(
    by_name: Mapping[str, Sequence[_Told]],
) -> Iterator[changes.Repeated]:
    """Yield the hosts that several reports tell of, in their order."""
    for name in sorted(by_name, key=host_names.order):
        first, *others = by_name[name]
        if others:
            paths = tuple(one.path for one in others)
            yield changes.Repeated(name, first.path, paths)


def _known_before(
    by_name: Mapping[str, Sequence[_Told]],
) -> Iterator[tuple[str, host_settings.Known]]:
    """Yield what the latest report tells that knows what Nova went by.

    One night in which a host could not be read hides no change.
    """
    for told in by_name.values():
        for one in told:
            if verdict.behaviour_of(one.found.known) is not None:
                if one is not told[0]:
                    yield told[0].name, one.found.known
                break


def _times(told: Iterable[_Told]) -> list[datetime.datetime]:
    return [one.created for one in told if one.created is not _NEVER]


def _by_name(told: Iterable[_Told]) -> dict[str, list[_Told]]:
    """Return what is told of each host, the latest first.

    Names that differ in capital letters alone are one host's, unless one
    report has both.
    """
    alike: dict[str, list[_Told]] = {}
    for one in told:
        alike.setdefault(one.name.lower(), []).append(one)
    found: dict[str, list[_Told]] = {}
    for several in alike.values():
        several = sorted(several, key=lambda one: one.created)[::-1]
        is_one = len({one.path for one in several}) == len(several)
        for one in several:
            name = several[0].name if is_one else one.name
            found.setdefault(name, []).append(one)
    return found


def _host(
    told: _Told, accepted: Sequence[findings.Waiver], release: str
) -> report.ReadHost:
    known, applied, guests = told.found
    return report.ReadHost(
        told.name,
        host_settings.with_release(known, release),
        (*findings.waivers_for_host(accepted, told.name), *applied),
        report.Source(report.SourceKind.REPORT, told.path),
        guests,
    )


def _files(
    paths: Iterable[str], passed_over: list[str]
) -> Iterator[tuple[str, bool]]:
    """Yield paths of reports, each once, and whether each was named.

    :raises ConfigurationError: if there is nothing at a path
    """
    seen: set[str] = set()
    for path in paths:
        try:
            os.lstat(path)
            is_folder = os.path.isdir(path)
            found = _in_folder(path, passed_over) if is_folder else [path]
        except OSError as error:
            raise files.cannot_read(path, error) from None
        if not found:
            reason = _('found no report there: a name ends with .json')
            raise errors.ConfigurationError(reason, path)
        for one in found:
            place = os.path.realpath(one)
            if place not in seen:
                seen.add(place)
                yield one, not is_folder


def _in_folder(folder: str, passed_over: list[str]) -> list[str]:
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.'):
                continue
            is_report = entry.name.endswith(_EXTENSION)
            (found if is_report else passed_over).append(entry.path)
    return found


def _hosts(path: str, is_named: bool, is_here: bool) -> Iterator[_Told]:
    """Yield the hosts of one report.

    :param is_here: whether a host has the name that it gives itself
    :raises ConfigurationError: if it is named, and is none
    """
    name = os.path.basename(path)
    if name.endswith(_EXTENSION):
        name = name[: -len(_EXTENSION)]
    try:
        with errors.contained():
            document = collected.document_in(path)
            created = document.created
    except errors.NoVerdict as error:
        reason = getattr(error, 'reason', str(error))
        if is_named:
            raise errors.ConfigurationError(reason, path) from error
        known = host_settings.Unreadable(reason)
        yield _Told(name, _NEVER, path, collected.Collected(known))
        return
    if not document.is_fleet:
        (host,) = document.hosts
        name = host.name if is_here else name
        yield _Told(name, created, path, collected.told(host))
        return
    by_name: dict[str, list[reader.Told]] = {}
    for host in document.hosts:
        by_name.setdefault(host.name, []).append(host)
    source = report.Source(report.SourceKind.REPORT, path)
    for name, several in by_name.items():
        found = collected.told(several[0])
        if len(several) > 1:
            both = [source] * len(several)
            found = collected.more_than_once(name, both).found
        yield _Told(name, created, path, found)
