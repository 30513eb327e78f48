# SPDX-License-Identifier: Apache-2.0

"""Collected hosts: found below paths, and read.

They are read without regard to the machine that reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import datetime
import functools
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check import host_names
from nova_cow_check.nova import drivers
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import excerpt
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import search

#: What nova-compute finds by itself, in a directory of its own.
_NAMES = ('nova', 'nova-compute')
_EXTENSIONS = ('.conf', '.conf.d')
_READ = tuple(name + extension for extension in _EXTENSIONS for name in _NAMES)

#: What a host can be instead, by the ending of its name.
_KINDS = {'.conf': report.SourceKind.FILE, '.json': report.SourceKind.REPORT}

#: That of the hosts, and of lists; the locale here does not count.
_ENCODING = 'utf-8'

#: Different settings of a fleet; more than that are forgotten again.
_REMEMBERED = 1024


class Host(NamedTuple):
    """A collected host, not read yet."""

    name: str
    #: More than one if it cannot be told which one counts.
    sources: tuple[report.Source, ...]


class Collection(NamedTuple):
    """The hosts that were found."""

    hosts: tuple[Host, ...]
    #: Paths in folders of hosts that are none.
    passed_over: tuple[str, ...]


class Collected(NamedTuple):
    """What is known of a collected host."""

    known: host_settings.Known
    #: Those that its own report applied.
    accepted: tuple[findings.Waiver, ...] = ()


#: A host, and where it is in truth: the same one twice is one host.
_Found = tuple[str, report.Source, str]


def find(paths: Sequence[str], expected: str | None = None) -> Collection:
    """Find the collected hosts, each path one or a folder of some.

    :param expected: a file with names of hosts that ought to be there
    :raises ConfigurationError: if it cannot be told which hosts there are,
        or if there is none
    """
    by_name: dict[str, dict[str, report.Source]] = {}
    passed_over: list[str] = []
    for path in paths:
        try:
            for name, source, place in _below(path, passed_over):
                by_name.setdefault(name, {})[place] = source
        except OSError as error:
            raise files.cannot_read(path, error) from None
    if expected is not None:
        there = {name.lower() for name in by_name}
        missing = report.Source(report.SourceKind.LIST, expected)
        for name in _listed(expected):
            if name.lower() not in there:
                by_name.setdefault(name, {'': missing})
    if not by_name:
        reason = _('found no host there')
        raise errors.ConfigurationError(reason, ', '.join(paths))
    hosts = (Host(name, tuple(one.values())) for name, one in by_name.items())
    return Collection(tuple(hosts), tuple(dict.fromkeys(passed_over)))


def _below(path: str, passed_over: list[str]) -> Iterator[_Found]:
    os.lstat(path)
    if os.path.isdir(path):
        if not _is_host(path):
            yield from _in_folder(path, passed_over)
            return
        passed_over += _beside(path)
    found = _host(path, os.path.basename(os.path.abspath(path)))
    if found is None:
        raise errors.ConfigurationError(
            _('not a host: neither a directory, nor HOST.conf or .json'), path
        )
    yield (*found, os.path.realpath(path))


def _in_folder(folder: str, passed_over: list[str]) -> Iterator[_Found]:
    real = os.path.realpath(folder)
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.'):
                continue
            place = os.path.join(real, entry.name)
            if entry.is_symlink():
                place = os.path.realpath(place)
            found = _host(entry.path, entry.name)
            if found is None:
                passed_over.append(entry.path)
            else:
                yield (*found, place)


def _beside(path: str) -> Iterator[str]:
    """Yield what would be hosts if a host were a folder of them."""
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.') or entry.name in _READ:
                continue
            if os.path.splitext(entry.name)[1] in _KINDS:
                yield entry.path


def _host(path: str, name: str) -> tuple[str, report.Source] | None:
    """Return the name and the source of a host, None if there is no host."""
    directory = report.Source(report.SourceKind.DIRECTORY, path)
    if os.path.isdir(path):
        return name, directory
    stem, extension = os.path.splitext(name)
    if stem and extension in _KINDS:
        return stem, report.Source(_KINDS[extension], path)
    if os.path.islink(path) and not os.path.exists(path):
        # It was a host's before it led nowhere, and is not to be lost.
        return name, directory
    return None


def _is_host(directory: str) -> bool:
    """Return whether a directory has anything that nova-compute reads."""
    return any(
        os.path.lexists(os.path.join(directory, name)) for name in _READ
    )


def _listed(path: str) -> list[str]:
    """Return the names of a list, comments behind "#", folded or not.

    :raises ConfigurationError: if it has none, or cannot be read
    """
    found = []
    for line in files.read_lines(path, files.Root(), _ENCODING):
        word = line.partition('#')[0].strip()
        if word:
            found += host_names.unfold(word)
    if not found:
        reason = _('it names no host that is expected')
        raise errors.ConfigurationError(reason, path)
    return found


class _Directory(files.Root):
    """The root of a host's files; links in it do not lead out of it."""

    @property
    def is_own(self) -> bool:
        """Never, even if it is that of this machine."""
        return False

    def shown_path(self, path: str) -> str:
        """Return the path within the host: the same on hosts alike."""
        return path.lstrip('/')


class _File(files.Root):
    """A file that is a host by itself; links lead to what it is."""

    def host_path(self, path: str) -> str:
        return path

    def shown_path(self, path: str) -> str:
        """Return the name that it has on the host."""
        return 'nova.conf'


def read_all(hosts: Iterable[Host]) -> Iterator[Collected]:
    """Yield what is known of each host, in their order.

    What is equal is one object: hosts that are alike take the memory of
    one.
    """
    same: dict[Collected, Collected] = {}
    for one in hosts:
        found = _read_host(one)
        yield same.setdefault(found, found)


def _read_host(one: Host) -> Collected:
    if len(one.sources) == 1:
        return read(one.sources[0])
    reason = _('the host is there more than once: %s') % ', '.join(
        printing.printable(source.path) for source in one.sources
    )
    return Collected(host_settings.Unreadable(reason))


def read(source: report.Source) -> Collected:
    """Read a host; what keeps it from being read is what is known then."""
    kinds = report.SourceKind
    try:
        if source.kind is kinds.DIRECTORY:
            root = _Directory(source.path)
            names = _names_in(source.path)
            if names is not None:
                _require_one_host(source.path, names)
            return _read_files(_paths(root, names), root)
        if source.kind is kinds.FILE:
            return _read_files([source.path], _File(''))
        if source.kind is kinds.REPORT:
            too_large = _('larger than %d MiB: not a report of one host')
            # Not in a root of our own: what is no file is not waited for.
            data = files.read_limited(
                source.path, _File(''), None, too_large, files.LARGEST_FILE
            )
            return Collected(*reader.parse(data, datetime.date.today()))
        reason = _('it is expected, but there is nothing of it')
        return Collected(host_settings.Unreadable(reason))
    except errors.ConfigurationError as error:
        why = error.reason, error.path or '', error.line or 0
        return Collected(host_settings.Unreadable(*why))


def _names_in(directory: str) -> frozenset[str] | None:
    """Return what is in a directory, None if it cannot be listed.

    Files whose names are known can be read all the same.
    """
    try:
        return frozenset(os.listdir(directory))
    except OSError:
        return None


def _require_one_host(directory: str, names: frozenset[str]) -> None:
    """Refuse a host with hosts in it, which would go unread.

    :raises ConfigurationError: if it is one
    """
    paths = (
        os.path.join(directory, one) for one in sorted(names.difference(_READ))
    )
    inside = [one for one in paths if os.path.isdir(one) and _is_host(one)]
    if inside and _is_host(directory):
        reason = _(
            'it has files of a host, and %s, which is one: it is either a '
            'host or a folder of hosts'
        )
        raise errors.ConfigurationError(reason % os.path.basename(inside[0]))


def paths_in(root: files.Root) -> list[str]:
    """Return the files of a host, as seen from its root, in reading order.

    :raises ConfigurationError: if that cannot be told, or there is none
    """
    return _paths(root, _names_in(root.directory))


def _paths(root: files.Root, names: frozenset[str] | None) -> list[str]:
    places = search.with_defaults(
        (), lambda extension: _present(extension, root, names)
    )
    paths = search.paths_of(places, search.Surroundings(root, {}))
    if not paths:
        raise search.NothingFound(_READ)
    return paths


def _present(
    extension: str, root: files.Root, names: frozenset[str] | None
) -> list[str]:
    """Return what there is, a link that leads nowhere among it."""
    paths = [f'/{name}{extension}' for name in _NAMES]
    if names is not None:
        return [path for path in paths if path[1:] in names]
    found: list[str] = []
    for path in paths:
        try:
            os.lstat(root.directory + path)
        except FileNotFoundError:
            continue
        except OSError as error:
            reason = _('cannot be looked for: %s') % error.strerror
            raise errors.ConfigurationError(reason, path[1:]) from None
        found.append(path)
    return found


def _read_files(paths: Sequence[str], root: files.Root) -> Collected:
    texts = [
        (root.shown_path(path), files.read_lines(path, root, _ENCODING))
        for path in paths
    ]
    excerpts: list[excerpt.Excerpt] = []
    for text in texts:
        found = excerpt.parse(*text)
        if found is None:
            return _of_files(tuple(parsing.parse(*text) for text in texts))
        excerpts.append(found)
    return _of_excerpts(tuple(excerpts))


@functools.lru_cache(maxsize=_REMEMBERED)
def _of_excerpts(excerpts: tuple[excerpt.Excerpt, ...]) -> Collected:
    return _of_files(tuple(parsing.of_assignments(*one) for one in excerpts))


def _of_files(found: tuple[parsing.ConfigFile, ...]) -> Collected:
    configuration = host_config.Configuration(found, {})
    conf = host_config.HostConfig(configuration)
    host.refuse_sources(conf)
    known = host_settings.read(conf, configuration)
    _require_a_compute_host(known)
    return Collected(known)


def _require_a_compute_host(known: host_settings.ImageSettings) -> None:
    """Refuse what no nova-compute would start with, as a part of it.

    Debian and Ubuntu have compute_driver in nova-compute.conf: a nova.conf
    that was collected without it must not pass. On the host itself, it is
    known what is read.

    :raises ConfigurationError: if nothing shows that it is all
    """
    is_none = known.driver is drivers.Kind.NONE
    is_missing = is_none and not known.compute_driver.fault
    if is_missing and not verdict.has_image_settings(known):
        reason = _(
            'it has no compute_driver, without which nova-compute does not '
            'start: nova-compute.conf is missing, or it is no compute host'
        )
        raise errors.ConfigurationError(reason)
