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

"""The files of a collected host, for those who edit them."""

from __future__ import annotations

from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import report
from nova_cow_check.sources import collected
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import root as roots


class Copy(NamedTuple):
    """A collected host, its files named as they are on this machine."""

    conf: configuration.HostConfig
    surroundings: places.Surroundings


def load(source: report.Source) -> Copy:
    """Load the files of a host, whole.

    :raises ConfigurationError: if they are not here, or cannot be read
    """
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
