#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Which hosts have been collected: what there is under some paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import names
from nova_cow_check import report
from nova_cow_check.sources import collected
from nova_cow_check.sources import files
from nova_cow_check.sources import root as roots

_KINDS = {
    '.conf': report.SourceKind.FILE,
    '.json': report.SourceKind.REPORT,
}


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


class _Found(NamedTuple):
    name: str
    source: report.Source
    #: Where it is in truth: the same one twice is one host.
    place: str


def find(paths: Iterable[str], expected: str | None = None) -> Collection:
    """Find the collected hosts, each path one or a folder of some.

    :param expected: a file with names of hosts that ought to be there
    :raises ConfigurationError: if it cannot be told which hosts there are,
        or if there is none
    """
    by_name: dict[str, dict[str, report.Source]] = {}
    passed_over: list[str] = []
    paths = tuple(paths)
    for path in paths:
        try:
            for name, source, place in _below(path, passed_over):
                by_name.setdefault(name, {})[place] = source
        except OSError as error:
            raise errors.ConfigurationError(
                _('cannot be read: %s') % error.strerror, path
            ) from None
    if expected is not None:
        there = {name.lower() for name in by_name}
        missing = report.Source(report.SourceKind.LIST, expected)
        for name in _listed(expected):
            if name.lower() not in there:
                by_name.setdefault(name, {'': missing})
    if not by_name:
        raise errors.ConfigurationError(
            _('found no host there'), ', '.join(paths)
        )
    return Collection(
        tuple(
            Host(name, tuple(sources.values()))
            for name, sources in by_name.items()
        ),
        tuple(dict.fromkeys(passed_over)),
    )


def _below(path: str, passed_over: list[str]) -> Iterator[_Found]:
    os.lstat(path)
    if os.path.isdir(path):
        if not collected.is_host(path):
            yield from _in_folder(path, passed_over)
            return
        passed_over += _beside(path)
    name = os.path.basename(os.path.abspath(path))
    source = _source(path, name)
    if source is None:
        raise errors.ConfigurationError(
            _('not a host: neither a directory, nor HOST.conf or .json'), path
        )
    yield _Found(_name(name, source), source, os.path.realpath(path))


def _in_folder(folder: str, passed_over: list[str]) -> Iterator[_Found]:
    real = os.path.realpath(folder)
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.'):
                continue
            place = os.path.join(real, entry.name)
            if entry.is_symlink():
                place = os.path.realpath(place)
            source = _source(entry.path, entry.name)
            if source is None:
                passed_over.append(entry.path)
            else:
                yield _Found(_name(entry.name, source), source, place)


def _beside(path: str) -> Iterator[str]:
    """Yield what would be hosts if a host were a folder of them."""
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith('.') or collected.is_read(entry.name):
                continue
            if os.path.splitext(entry.name)[1] in _KINDS:
                yield entry.path


def _source(path: str, name: str) -> report.Source | None:
    """Return what a host is to be read from, None if there is no host."""
    stem, extension = os.path.splitext(name)
    if os.path.isdir(path):
        return report.Source(report.SourceKind.DIRECTORY, path)
    if stem and extension in _KINDS:
        return report.Source(_KINDS[extension], path)
    if os.path.islink(path) and not os.path.exists(path):
        # It was a host's before it led nowhere, and is not to be lost.
        return report.Source(report.SourceKind.DIRECTORY, path)
    return None


def _name(name: str, source: report.Source) -> str:
    if source.kind is report.SourceKind.DIRECTORY:
        return name
    return os.path.splitext(name)[0]


def _listed(path: str) -> list[str]:
    """Return the names of a list, comments behind "#", folded or not.

    :raises ConfigurationError: if it has none, or cannot be read
    """
    found = []
    for line in files.read_lines(path, roots.Root(), 'utf-8'):
        word = line.partition('#')[0].strip()
        if word:
            found += names.unfold(word)
    if not found:
        raise errors.ConfigurationError(
            _('it names no host that is expected'), path
        )
    return found
