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

"""The configuration that another program's ConfigOpts was loaded from."""

from __future__ import annotations

import os

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import origins
from nova_cow_check.sources import files
from nova_cow_check.sources import root as roots


def configuration_of(conf: cfg.ConfigOpts) -> configuration.Configuration:
    """Find out where the values of a loaded ConfigOpts come from.

    The values themselves are the ConfigOpts's; this tells their files and
    lines. A file that cannot be read again is left out.

    :raises ConfigurationError: if the ConfigOpts has not been called: it
        would give defaults for everything
    """
    if isinstance(conf, configuration.HostConfig):
        return conf.configuration
    try:
        named_files = list(conf.config_file)
    except cfg.NoSuchOptError:
        raise errors.ConfigurationError(
            _('the configuration has not been loaded: call the ConfigOpts')
        ) from None
    # Among themselves in the order given; whether a file or a directory
    # was named first on the command line, ConfigOpts does not tell.
    root = roots.Root()
    given = named_files != conf.default_config_files
    directories = conf.config_dirs or conf.default_config_dirs
    listed = [
        path
        for name in directories
        for path in _list(os.path.expanduser(name), root)
    ]
    named = [os.path.expanduser(name) for name in named_files]
    defaults_come_first = given and not conf.config_dirs
    paths = listed + named if defaults_come_first else named + listed
    found = [file for path in paths for file in _read(path, root)]
    return configuration.Configuration(tuple(found), dict(os.environ))


def _list(path: str, root: roots.Root) -> list[str]:
    try:
        return files.list_directory(path, root)
    except errors.ConfigurationError:
        return []


def _read(path: str, root: roots.Root) -> list[origins.ConfigFile]:
    try:
        return [files.read_file(path, root)]
    except errors.ConfigurationError:
        return []
