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

"""The configuration that nova-status reads, or why not all of it can be.

oslo.config takes a directory that it may not list for empty, goes on without
a source that it cannot reach, and puts a line of the file, which may hold a
password, into its errors. This reads the same before Nova does, strictly.
"""

from __future__ import annotations

from collections.abc import Sequence
import os

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check.sources import arguments
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import root as roots

PROJECT = 'nova'
PROGRAM = 'nova-status'


def read(
    named: Sequence[arguments.Place],
) -> configuration.Configuration:
    """Read every file that nova-status would read.

    :param named: files and directories in the order of a command line;
        what is not named is looked for, as oslo.config does
    :returns: the files, none if there are none
    :raises ConfigurationError: if one cannot be read
    """
    root = roots.Root()
    paths: list[str] = []
    for place in places.with_defaults(named, _find):
        path = os.path.expanduser(place.path)
        if place.is_directory:
            paths += files.list_directory(path, root)
        else:
            paths.append(path)
    for path in paths:
        _require_lasting(path)
    return configuration.Configuration(
        tuple(files.read_file(path, root) for path in paths), dict(os.environ)
    )


def require_all(found: configuration.Configuration) -> None:
    """Refuse a configuration that says nothing, or not everything.

    :raises ConfigurationError: if there is no file, or if a source named
        by [DEFAULT]/config_source cannot be read
    """
    if not found.files:
        raise errors.ConfigurationError(
            _(
                'found no configuration to read; looked for nova.conf, '
                'nova-status.conf, and *.conf in nova.conf.d and '
                'nova-status.conf.d, in ~/.nova, ~, /etc/nova and /etc'
            )
        )
    if not host.follow_sources(configuration.HostConfig(found)):
        raise errors.ConfigurationError(
            _('cannot read all sources that [DEFAULT]/config_source names')
        )


def _find(extension: str) -> list[str]:
    find = {'.conf': cfg.find_config_files, '.conf.d': cfg.find_config_dirs}
    found: list[str] = find[extension](PROJECT, PROGRAM)
    return found


def _require_lasting(path: str) -> None:
    """Refuse what is empty when it is read again, as Nova does: a pipe."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise errors.ConfigurationError(_('not a regular file'), path)
