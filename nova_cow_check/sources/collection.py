# SPDX-License-Identifier: Apache-2.0

"""The collected hosts that are found below paths, none of them read yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import host_names
from nova_cow_check.reports import report
from nova_cow_check.sources import files
from nova_cow_check.sources import folder_names
from nova_cow_check.sources import roots
from nova_cow_check.sources import trees

#: What nova-compute finds by itself, in a directory of its own.
NAMES = ('nova', 'nova-compute')
_EXTENSIONS = ('.conf', '.conf.d')
READ = tuple(name + extension for extension in _EXTENSIONS for name in NAMES)

#: What a host can be instead, by the ending of its name.
_KINDS = {
    '.conf': report.SourceKind.FILE,
    '.json': report.SourceKind.REPORT,
    '.unchecked': report.SourceKind.UNCHECKED,
}

#: That of the hosts, and of lists; the locale here does not count.
ENCODING = 'utf-8'


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
    #: Those that ought to be there, whether they are or not.
    expected: tuple[Host, ...] = ()


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
    names = folder_names.of(one for one in paths if not os.path.isdir(one))
    for path in paths:
        try:
            for name, source, place in _below(path, passed_over):
                name = names.get(path, name)
                by_name.setdefault(name, {})[place] = source
        except OSError as error:
            raise files.cannot_read(path, error) from None
    listed: dict[str, Host] = {}
    if expected is not None:
        there = {name.lower() for name in by_name}
        for name, line in _listed(expected):
            missing = report.Source(report.SourceKind.LIST, expected, line)
            listed.setdefault(name, Host(name, (missing,)))
            if name.lower() not in there:
                by_name.setdefault(name, {'': missing})
    if not by_name:
        reason = _('found no host there')
        raise errors.ConfigurationError(reason, ', '.join(paths))
    hosts = (Host(name, tuple(one.values())) for name, one in by_name.items())
    return Collection(
        tuple(hosts),
        tuple(dict.fromkeys(passed_over)),
        tuple(listed.values()),
    )


def _below(path: str, passed_over: list[str]) -> Iterator[_Found]:
    os.lstat(path)
    if os.path.isdir(path):
        if not is_host(path):
            yield from _in_folder(path, passed_over)
            return
        passed_over += _beside(path)
    name = os.path.basename(os.path.abspath(path)) or os.sep
    found = _host(path, name, os.path.isdir(path))
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
            found = _host(entry.path, entry.name, _is_directory(entry))
            if found is None:
                passed_over.append(entry.path)
            else:
                yield (*found, place)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # Links that lead in a circle are a host's that cannot be read.
        return False


def _beside(path: str) -> Iterator[str]:
    """Yield what would be hosts if a host were a folder of them."""
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.') or entry.name in READ:
                continue
            if os.path.splitext(entry.name)[1] in _KINDS:
                yield entry.path


def _host(
    path: str, name: str, is_directory: bool
) -> tuple[str, report.Source] | None:
    """Return the name and the source of a host, None if there is no host."""
    directory = report.Source(report.SourceKind.DIRECTORY, path)
    if is_directory:
        return name, directory
    stem, extension = os.path.splitext(name)
    if stem and extension in _KINDS:
        return stem, report.Source(_KINDS[extension], path)
    if os.path.islink(path) and not os.path.exists(path):
        # It was a host's before it led nowhere, and is not to be lost.
        return name, directory
    return None


def is_host(directory: str) -> bool:
    """Return whether a directory has anything that nova-compute reads.

    That is in it, or where it belongs in the tree of a host.
    """
    is_tree = os.path.lexists(os.path.join(directory, trees.TOP))
    places = ('', *(trees.PLACES if is_tree else ()))
    return any(
        os.path.lexists(os.path.join(directory, place, name))
        for place in places
        for name in READ
    )


def _listed(path: str) -> list[tuple[str, int]]:
    """Return the names of a list, with their lines.

    There are comments behind "#", and names that are folded.

    :raises ConfigurationError: if it has none, or cannot be read
    """
    found = []
    lines = files.read_lines(path, roots.Root(), ENCODING)
    for number, line in enumerate(lines, start=1):
        word = line.partition('#')[0].strip()
        if word:
            found += [(name, number) for name in host_names.unfold(word)]
    if not found:
        reason = _('it names no host that is expected')
        raise errors.ConfigurationError(reason, path)
    return found
