# SPDX-License-Identifier: Apache-2.0

"""What is known of collected hosts, whatever machine reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import datetime
import functools
import os
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import limits
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import collection
from nova_cow_check.sources import excerpt
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from nova_cow_check.sources import texts

if TYPE_CHECKING:
    from nova_cow_check.reports import audit

#: Different settings of a fleet; more than that are forgotten again.
_REMEMBERED = 1024

#: Assignments of such; what has more is not remembered.
_MOST_REMEMBERED = 1024


#: Bytes. A thousand guests that are broken have fifteen million of them.
_LARGEST_REPORT = 32 * 1024**2


class Collected(NamedTuple):
    """What is known of a collected host."""

    known: host_settings.Known
    #: Those that its own report applied.
    accepted: tuple[findings.Waiver, ...] = ()
    #: What its own report tells of its guests; None of all others.
    guests: audit.Guests | None = None


class _Directory(roots.Root):
    """The root of a host's files; links in it do not lead out of it."""

    @property
    def is_own(self) -> bool:
        """Never, even if it is that of this machine."""
        return False

    def shown_path(self, path: str) -> str:
        """Return the path within the host: the same on hosts alike."""
        return path.lstrip('/')


class _File(roots.Root):
    """A file that is a host by itself; links lead to what it is."""

    def _look(self, path: str) -> roots.Seen:
        return roots.Root()._look(path)

    def shown_path(self, path: str) -> str:
        """Return the name that it has on the host."""
        return 'nova.conf'


def read_all(hosts: Iterable[collection.Host]) -> Iterator[Collected]:
    """Yield what is known of each host, in their order.

    What is equal is one object: hosts that are alike take the memory of
    one.
    """
    same: dict[Collected, Collected] = {}
    # By identity: to compare all that is known of a host takes longer.
    kept: set[int] = set()
    for one in hosts:
        guests = None
        try:
            found = _read_host(one)
            if found.guests is not None:
                # No other host has these.
                guests, found = found.guests, found._replace(guests=None)
            if id(found) not in kept:
                found = same.setdefault(found, found)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            reason = errors.reason_of(error)
            found, guests = Collected(host_settings.Unreadable(reason)), None
            found = same.setdefault(found, found)
        kept.add(id(found))
        yield found if guests is None else found._replace(guests=guests)


def _read_host(one: collection.Host) -> Collected:
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
            return _read_directory(source)
        if source.kind is kinds.FILE:
            return _read_files([source.path], _File(''), source)
        if source.kind is kinds.REPORT:
            too_large = _('larger than %d MiB: not a report of one host')
            # Not in a root of our own: what is no file is not waited for.
            data = files.read_limited(
                source.path, _File(''), None, too_large, _LARGEST_REPORT
            )
            found = Collected(*reader.parse(data, datetime.date.today()))
            _require_a_compute_host(found.known)
            return found
        reason = _('it is expected, but there is nothing of it')
        return Collected(host_settings.Unreadable(reason))
    except errors.ConfigurationError as error:
        why = error.reason, error.path or '', error.line or 0
        return Collected(host_settings.Unreadable(*why))


def _read_directory(source: report.Source) -> Collected:
    """Read a host that is a directory.

    :raises ConfigurationError: if it cannot be read
    """
    try:
        with _Directory(source.path) as root:
            names = _names_in(root)
            if names is not None:
                _require_one_host(source.path, names)
            return _read_files(_paths(root, names), root, source)
    except FileNotFoundError:
        # A link that leads nowhere.
        raise search.NothingFound(collection.READ) from None
    except OSError as error:
        raise files.cannot_read(None, error) from None


def _names_in(root: roots.Root) -> frozenset[str] | None:
    """Return what is in a directory, None if it cannot be listed.

    Files whose names are known can be read all the same.
    """
    try:
        return frozenset(root.names('/'))
    except OSError:
        return None


def _require_one_host(directory: str, names: frozenset[str]) -> None:
    """Refuse a host with hosts in it, which would go unread.

    :raises ConfigurationError: if it is one
    """
    paths = (
        os.path.join(directory, one)
        for one in sorted(names.difference(collection.READ))
    )
    inside = [
        one for one in paths if os.path.isdir(one) and collection.is_host(one)
    ]
    if inside and collection.is_host(directory):
        reason = _(
            'it has files of a host, and %s, which is one: it is either a '
            'host or a folder of hosts'
        )
        raise errors.ConfigurationError(reason % os.path.basename(inside[0]))


def paths_in(root: roots.Root) -> list[str]:
    """Return the files of a host, as seen from its root, in reading order.

    :raises ConfigurationError: if that cannot be told, or there is none
    """
    return _paths(root, _names_in(root))


def _paths(root: roots.Root, names: frozenset[str] | None) -> list[str]:
    if names is None:
        names = frozenset(_looked_for(root))
    paths: list[str] = []
    for place in _places(names.intersection(collection.READ)):
        if place.is_directory:
            paths += files.list_directory(place.path, root)
        else:
            paths.append(place.path)
    if not paths:
        raise search.NothingFound(collection.READ)
    return paths


def _looked_for(root: roots.Root) -> Iterator[str]:
    """Yield the names that there are, of links that lead nowhere, too.

    :raises ConfigurationError: if that cannot be told
    """
    for name in collection.READ:
        try:
            os.lstat(f'{root.directory}/{name}')
        except FileNotFoundError:
            continue
        except OSError as error:
            reason = _('cannot be looked for: %s') % error.strerror
            raise errors.ConfigurationError(reason, name) from None
        yield name


# The same few for all hosts of a fleet.
@functools.lru_cache(maxsize=16)
def _places(names: frozenset[str]) -> tuple[arguments.Place, ...]:
    """Return what nova-compute reads without arguments, if it is there."""
    every = search.with_defaults(
        (),
        lambda extension: [f'/{one}{extension}' for one in collection.NAMES],
    )
    return tuple(one for one in every if one.path[1:] in names)


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
    known = files.limits_of(text._replace(path=here), place)
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
    _require_a_compute_host(known)
    return Collected(known)


def _require_a_compute_host(known: host_settings.Known) -> None:
    """Refuse what no nova-compute would start with, as a part of it.

    Debian and Ubuntu have compute_driver in nova-compute.conf: a nova.conf
    that was collected without it must not pass, nor a report on one.

    :raises ConfigurationError: if nothing shows that it is all
    """
    if isinstance(known, host_settings.Unreadable):
        return
    is_told = known.compute_driver.fault or rule.is_compute_service(known)
    if not is_told:
        _require_it_in_its_place(known)
        reason = _(
            'it has no compute_driver, without which nova-compute does not '
            'start: nova-compute.conf is missing, or it is no compute host'
        )
        raise errors.ConfigurationError(reason)


def _require_it_in_its_place(known: host_settings.ImageSettings) -> None:
    """Refuse a compute_driver that Nova does not read, and tell where it is.

    :raises ConfigurationError: if there is one
    """
    for one in known.lookalikes:
        if one.intended is opts.COMPUTE_DRIVER:
            raise errors.ConfigurationError(
                _misplaced(one), one.origin.name, one.origin.line
            )


def _misplaced(one: lookalikes.Lookalike) -> str:
    """Return why a line is no compute_driver, as ignored-setting does."""
    mistakes = lookalikes.Mistake
    reason = {
        mistakes.WRONG_GROUP: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads compute_driver in the group '
            '[DEFAULT] only'
        ),
        mistakes.DEFAULT_GROUP_CASE: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads compute_driver in [DEFAULT], '
            'which has to be written in capital letters'
        ),
        mistakes.SPELLING: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads it only when spelt '
            'compute_driver'
        ),
        mistakes.CONTINUATION: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, because white space before it makes the '
            'line a part of the value above it'
        ),
    }.get(
        one.mistake,
        _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and has no such option; it has '
            '[DEFAULT]/compute_driver'
        ),
    )
    name = printing.value_as_shown(one.name)
    if one.mistake is mistakes.CONTINUATION:
        return reason % name
    return reason % f'[{printing.value_as_shown(one.group)}]/{name}'
