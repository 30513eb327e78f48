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

"""A collected host, read without regard to the machine that reads it."""

from __future__ import annotations

from collections.abc import Sequence
import functools
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import behaviour
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import settings
from nova_cow_check.sources import earlier
from nova_cow_check.sources import excerpt
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import root as roots
from nova_cow_check import waivers

#: What nova-compute finds by itself, in a directory of its own.
_NAMES = ('nova', 'nova-compute')
_EXTENSIONS = ('.conf', '.conf.d')

#: That of the hosts; the locale here does not count.
_ENCODING = 'utf-8'

#: Different settings of a fleet; more than that are forgotten again.
_REMEMBERED = 1024


class Collected(NamedTuple):
    """What is known of a collected host."""

    known: settings.Known
    #: Those that its own report applied.
    accepted: tuple[waivers.Waiver, ...] = ()


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

    def host_path(self, path: str) -> str:
        return path

    def shown_path(self, path: str) -> str:
        """Return the name that it has on the host."""
        return 'nova.conf'


def is_host(directory: str) -> bool:
    """Return whether a directory has anything that nova-compute reads."""
    return any(
        os.path.lexists(os.path.join(directory, name + extension))
        for name in _NAMES
        for extension in _EXTENSIONS
    )


def read(source: report.Source) -> Collected:
    """Read a host; what keeps it from being read is what is known then."""
    kinds = report.SourceKind
    try:
        if source.kind is kinds.DIRECTORY:
            root = _Directory(source.path)
            return _read_files(paths_in(root), root)
        if source.kind is kinds.FILE:
            return _read_files([source.path], _File(''))
        if source.kind is kinds.REPORT:
            return Collected(*earlier.read(source.path))
        reason = _('it is expected, but there is nothing of it')
        return Collected(settings.Unreadable(reason))
    except errors.ConfigurationError as error:
        return Collected(
            settings.Unreadable(
                error.reason, error.path or '', error.line or 0
            )
        )


def paths_in(root: roots.Root) -> list[str]:
    """Return the files of a host, as seen from its root, in reading order.

    :raises ConfigurationError: if that cannot be told, or there is none
    """
    paths: list[str] = []
    for is_directory, path in places.with_defaults(
        (), lambda extension: _present(extension, root)
    ):
        if is_directory:
            paths += files.list_directory(path, root)
        else:
            paths.append(path)
    if not paths:
        raise places.NothingFound(
            [name + extension for extension in _EXTENSIONS for name in _NAMES]
        )
    return paths


def _present(extension: str, root: roots.Root) -> list[str]:
    """Return what there is, a link that leads nowhere among it."""
    paths = [f'/{name}{extension}' for name in _NAMES]
    return [path for path in paths if _exists(root.directory + path)]


def _exists(path: str) -> bool:
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise errors.ConfigurationError(
            _('cannot be looked for: %s') % error.strerror,
            os.path.basename(path),
        ) from None
    return True


def _read_files(paths: Sequence[str], root: roots.Root) -> Collected:
    texts = [
        (root.shown_path(path), files.read_lines(path, root, _ENCODING))
        for path in paths
    ]
    excerpts: list[excerpt.Excerpt] = []
    for path, lines in texts:
        found = excerpt.parse(path, lines)
        if found is None:
            return _of_files(
                tuple(origins.parse(path, lines) for path, lines in texts)
            )
        excerpts.append(found)
    return _of_excerpts(tuple(excerpts))


@functools.lru_cache(maxsize=_REMEMBERED)
def _of_excerpts(excerpts: tuple[excerpt.Excerpt, ...]) -> Collected:
    return _of_files(tuple(origins.of_assignments(*one) for one in excerpts))


def _of_files(found: tuple[origins.ConfigFile, ...]) -> Collected:
    configuration_ = configuration.Configuration(found, {})
    conf = configuration.HostConfig(configuration_)
    host.refuse_sources(conf)
    known = settings.read(conf, configuration_)
    _require_a_compute_host(known)
    return Collected(known)


def _require_a_compute_host(known: settings.ImageSettings) -> None:
    """Refuse what no nova-compute would start with, as a part of it.

    Debian and Ubuntu have compute_driver in nova-compute.conf: a nova.conf
    that was collected without it must not pass. On the host itself, it is
    known what is read.

    :raises ConfigurationError: if nothing shows that it is all
    """
    driver = known.compute_driver
    is_there = driver.value or driver.fault
    if not is_there and not behaviour.has_image_settings(known):
        raise errors.ConfigurationError(
            _(
                'it has no compute_driver, without which nova-compute does '
                'not start: is nova-compute.conf missing, or is it no '
                'compute host?'
            )
        )
