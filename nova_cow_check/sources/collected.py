# SPDX-License-Identifier: Apache-2.0

"""What is known of collected hosts, whatever machine reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import datetime
import functools
import itertools
import os
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check.nova import backends
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import limits
from nova_cow_check.settings import parsing
from nova_cow_check.sources import collection
from nova_cow_check.sources import compute_service
from nova_cow_check.sources import excerpt
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import host_folders
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from nova_cow_check.sources import texts
from nova_cow_check.sources import unchecked

if TYPE_CHECKING:
    from nova_cow_check.reports import audit

#: Different settings of a fleet; more than that are forgotten again.
_REMEMBERED = 1024

#: Assignments of such; what has more is not remembered.
_MOST_REMEMBERED = 1024


#: Bytes. Ten thousand hosts have sixty million of them.
_LARGEST_REPORT = 256 * 1024**2


class Collected(NamedTuple):
    """What is known of a collected host."""

    known: host_settings.Known
    #: Those that its own report applied.
    accepted: tuple[findings.Waiver, ...] = ()
    #: What its own report tells of its guests; None of all others.
    guests: audit.Guests | None = None


#: Of a host that is read last.
_NOTHING = Collected(host_settings.Unreadable(''))


class Circumstances(NamedTuple):
    """What a host was judged by in the run that its report is of."""

    #: What Nova went by when an earlier report was made.
    earlier: backends.Behaviour | None = None
    #: Name of the hosts it exchanged instances with, '' for a rest.
    group: str = ''
    #: Whether these shared instances_path.
    is_shared: bool = False
    #: Whether its report tells what became of its hosts.
    is_compared: bool = False


class _Directory(host_folders.Folder):
    """The root of a host's files; links in it do not lead out of it."""

    @property
    def is_own(self) -> bool:
        """Never, even if it is that of this machine."""
        return False

    def shown_path(self, path: str) -> str:
        """Return the path within the host: the same on hosts alike."""
        return path.lstrip('/')


class HostFile(roots.Root):
    """A file that is a host by itself; links lead to what it is."""

    def _look(self, path: str) -> roots.Seen:
        return roots.Root()._look(path)

    def shown_path(self, path: str) -> str:
        """Return the name that it has on the host."""
        return 'nova.conf'


class Read(NamedTuple):
    """A collected host that was read."""

    name: str
    source: report.Source
    found: Collected
    circumstances: Circumstances = Circumstances()


def read_all(hosts: Iterable[collection.Host]) -> Iterator[Read]:
    """Yield each host, in their order; the report of a fleet has many.

    What is equal is one object: hosts that are alike take the memory of
    one.
    """
    same: dict[Collected, Collected] = {}
    # By identity: to compare all that is known of a host takes longer.
    kept: set[int] = set()
    for one in itertools.chain.from_iterable(map(_contained, hosts)):
        found = one.found
        guests = found.guests
        if guests is not None:
            # No other host has these.
            found = found._replace(guests=None)
        if id(found) not in kept:
            found = same.setdefault(found, found)
        kept.add(id(found))
        if guests is not None:
            found = found._replace(guests=guests)
        yield one._replace(found=found)


def _contained(one: collection.Host) -> Sequence[Read]:
    """Return what was read of a host, whatever is raised meanwhile."""
    try:
        return tuple(_read_host(one))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        known = host_settings.Unreadable(errors.reason_of(error))
        return (Read(one.name, one.sources[0], Collected(known)),)


def settled(
    hosts: Iterable[Read], expected: Iterable[collection.Host] = ()
) -> Iterator[Read]:
    """Yield each name once, and those that are expected and not there.

    What names the reports of fleets have shows when they are read.
    """
    by_name: dict[str, list[Read]] = {}
    for one in hosts:
        if one.source.kind is not report.SourceKind.LIST:
            by_name.setdefault(one.name, []).append(one)
    there = {name.lower() for name in by_name}
    for name, several in by_name.items():
        if len(several) == 1:
            yield several[0]
        else:
            yield Read(*more_than_once(name, [one.source for one in several]))
    for missing in expected:
        if missing.name.lower() not in there:
            (source,) = missing.sources
            yield Read(missing.name, source, read(source))


def _read_host(one: collection.Host) -> Iterator[Read]:
    alone: list[Read] = []
    for source in one.sources:
        if source.kind is not report.SourceKind.REPORT:
            alone.append(Read(one.name, source, _NOTHING))
            continue
        try:
            document = document_in(source.path)
        except errors.ConfigurationError as error:
            alone.append(Read(one.name, source, _unreadable(error)))
            continue
        read_hosts = _of_document(document, source)
        if document.is_fleet:
            # The name of the file is that of no host.
            yield from read_hosts
        else:
            (host,) = read_hosts
            alone.append(host._replace(name=one.name))
    if len(alone) == 1:
        (host,) = alone
        if host.found is _NOTHING:
            host = host._replace(found=read(host.source))
        yield host
    elif alone:
        yield more_than_once(one.name, [host.source for host in alone])


def _of_document(
    document: reader.Document, source: report.Source
) -> Iterator[Read]:
    for one in document.hosts:
        circumstances = Circumstances(
            one.host.earlier,
            one.host.group,
            one.host.group in document.sharing,
            document.is_compared,
        )
        yield Read(one.name, source, told(one), circumstances)


def document_in(path: str) -> reader.Document:
    """Read a report, on one host or on many.

    :raises ConfigurationError: if it is none
    """
    too_large = _('larger than %d MiB: not a report')
    # Not in a root of our own: what is no file is not waited for.
    data = files.read_limited(
        path, HostFile(''), None, too_large, _LARGEST_REPORT
    )
    return reader.parse(data, datetime.date.today())


def told(host: reader.Told) -> Collected:
    """Return what a report tells of a host."""
    try:
        compute_service.require(host.host.known)
    except errors.ConfigurationError as error:
        return _unreadable(error)
    known, accepted, guests, *_circumstances = host.host
    return Collected(known, accepted, guests)


def _unreadable(error: errors.ConfigurationError) -> Collected:
    why = error.reason, error.path or '', error.line or 0
    return Collected(host_settings.Unreadable(*why))


def more_than_once(name: str, sources: Sequence[report.Source]) -> Read:
    """Return a host of which it cannot be told what counts."""
    reason = _('the host is there more than once: %s') % ', '.join(
        printing.printable(source.path) for source in sources
    )
    known = host_settings.Unreadable(reason)
    return Read(name, sources[0], Collected(known))


def read(source: report.Source) -> Collected:
    """Read a host; what keeps it from being read is what is known then."""
    kinds = report.SourceKind
    try:
        if source.kind is kinds.DIRECTORY:
            return _read_directory(source)
        if source.kind is kinds.FILE:
            return _read_files([source.path], HostFile(''), source)
        if source.kind is kinds.REPORT:
            document = document_in(source.path)
            if not document.is_fleet:
                return told(document.hosts[0])
            reason = _('a report on %d hosts, not on one')
            raise errors.ConfigurationError(reason % len(document.hosts))
        if source.kind is kinds.UNCHECKED:
            reason = unchecked.reason_in(source.path, HostFile(''))
            return Collected(host_settings.Unreadable(reason))
        reason = _('it is expected, but there is nothing of it')
        return Collected(host_settings.Unreadable(reason))
    except errors.ConfigurationError as error:
        return _unreadable(error)


def _read_directory(source: report.Source) -> Collected:
    """Read a host that is a directory.

    :raises ConfigurationError: if it cannot be read
    """
    try:
        with _Directory(source.path) as root:
            paths = host_folders.paths_of_one(source.path, root)
            return _read_files(paths, root, source)
    except FileNotFoundError:
        # A link that leads nowhere.
        raise search.NothingFound(collection.READ) from None
    except OSError as error:
        raise files.cannot_read(None, error) from None


class _Text(NamedTuple):
    """One file of a host, not parsed yet."""

    path: str
    text: str
    limits: limits.Limits


def _read_files(
    paths: Sequence[str], root: roots.Root, source: report.Source
) -> Collected:
    place = _place(source.path)
    leads_out = _leads_out(source.path)
    read = [_read_text(path, root, source, place, leads_out) for path in paths]
    known = tuple(text.limits for text in read)
    excerpts: list[excerpt.Excerpt] = []
    for text in read:
        found = excerpt.parse(text.path, text.text)
        if found is None:
            parsed = (
                parsing.parse(one.path, texts.lines_of(one.text))
                for one in read
            )
            return _of_files(_limited(parsed, known))
        excerpts.append(found)
    number = sum(len(one.assignments) for one in excerpts)
    if number > _MOST_REMEMBERED:
        return _of_excerpts.__wrapped__(tuple(excerpts), known)
    return _of_excerpts(tuple(excerpts), known)


def _read_text(
    path: str,
    root: roots.Root,
    source: report.Source,
    place: str,
    leads_out: bool,
) -> _Text:
    """Read a file, and what keeps an edit from it on this machine.

    :param place: where the host is, behind all symbolic links
    :param leads_out: whether it is a link that leads out of its folder
    """
    text = files.read_text(path, root, collection.ENCODING)
    if source.kind is report.SourceKind.DIRECTORY:
        place += path
    here = source.path_of(text.path)
    there = root.place_on_host(path)
    known = files.limits_of(text._replace(path=here), place, there)
    return _Text(text.path, text.text, known._replace(leads_out=leads_out))


def _leads_out(path: str) -> bool:
    """Return whether a host is a link that leads out of its folder."""
    if not os.path.islink(os.path.abspath(path)):
        return False
    try:
        roots.require_inside_its_folder(path)
    except OSError:
        return True
    return False


def _place(path: str) -> str:
    """Return where a host is, behind all symbolic links."""
    folder, name = os.path.split(path)
    if os.path.islink(path) or name in ('', os.curdir, os.pardir):
        return os.path.realpath(path)
    return os.path.join(_place_of_folder(folder), name)


@functools.lru_cache(maxsize=1)
def _place_of_folder(folder: str) -> str:
    # The same one for all hosts in it.
    return os.path.realpath(folder)


def _limited(
    parsed: Iterable[parsing.ConfigFile], known: Iterable[limits.Limits]
) -> tuple[parsing.ConfigFile, ...]:
    return tuple(file._replace(limits=one) for file, one in zip(parsed, known))


@functools.lru_cache(maxsize=_REMEMBERED)
def _of_excerpts(
    excerpts: tuple[excerpt.Excerpt, ...], known: tuple[limits.Limits, ...]
) -> Collected:
    return _of_files(_limited((one.file for one in excerpts), known))


def _of_files(found: tuple[parsing.ConfigFile, ...]) -> Collected:
    configuration = host_config.Configuration(found, {})
    conf = host_config.HostConfig(configuration)
    host.refuse_sources(conf)
    known = host_settings.read(conf, configuration)
    compute_service.require(known)
    return Collected(known)
