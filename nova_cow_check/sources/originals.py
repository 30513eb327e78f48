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

"""The files that were judged, for those who edit them."""

from __future__ import annotations

from collections.abc import Iterator
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import report
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import root as roots


class Copy(NamedTuple):
    """A collected host, its files named as they are on this machine."""

    conf: configuration.HostConfig
    surroundings: places.Surroundings


class Original(NamedTuple):
    """A file as it was when its configuration was judged."""

    #: As origins and messages name it.
    path: str
    #: Where this process opens it.
    host_path: str
    #: Where it is, behind all symbolic links.
    place: str
    data: bytes


def load(source: report.Source) -> Copy:
    """Load the files of a host, whole.

    :raises ConfigurationError: if they are not here, or cannot be read
    """
    # Only for collected hosts: what reads reports comes with it.
    from nova_cow_check.sources import collected

    kinds = report.SourceKind
    root = roots.Root()
    if source.kind is kinds.DIRECTORY:
        root = roots.Root(source.path)
        paths = collected.paths_in(root)
    elif source.kind is kinds.FILE:
        paths = [source.path]
    else:
        raise errors.ConfigurationError(
            _('its files are not here; fix it on the host'), source.path
        )
    found = configuration.Configuration(
        tuple(files.read_file(path, root) for path in paths), {}
    )
    conf = configuration.HostConfig(found)
    host.refuse_sources(conf)
    return Copy(conf, places.Surroundings(root, {}))


def read(
    configuration_: configuration.Configuration, root: roots.Root
) -> Iterator[Original]:
    """Read the files of a configuration again, each once.

    :param root: the one in which they were read
    :raises ConfigurationError: if one is not what was read before
    """
    for file in dict.fromkeys(f.path for f in configuration_.files):
        yield _read(file, configuration_, root)


def _read(
    path: str, configuration_: configuration.Configuration, root: roots.Root
) -> Original:
    try:
        host_path = root.host_path_of_shown(path)
        is_file = stat.S_ISREG(os.stat(host_path).st_mode)
        data = files.read_bytes(host_path, root) if is_file else b''
    except OSError as error:
        raise errors.ConfigurationError(
            _('cannot be read: %s') % error.strerror, path
        ) from None
    if not is_file:
        raise errors.ConfigurationError(
            _('not a regular file, and cannot be edited'), path
        )
    judged = [file for file in configuration_.files if file.path == path]
    if files.parse(path, data) != judged[0]:
        raise errors.ConfigurationError(
            _('changed while it was read; run the command again'), path
        )
    # In another root, its own links have been followed.
    place = os.path.realpath(path) if host_path == path else host_path
    return Original(path, host_path, place, data)
