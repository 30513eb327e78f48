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


"""The file with an operator's waivers, and the option that names it."""

from __future__ import annotations

import datetime

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check.sources import files
from nova_cow_check.sources import places
from nova_cow_check.sources import waiver_parser
from nova_cow_check import text
from nova_cow_check import waivers

#: More of them than any cloud has hosts; reading 1 MiB takes 2 s.
_LARGEST_FILE = 1024 * 1024


def configured(
    conf: cfg.ConfigOpts,
    configuration_: configuration.Configuration,
    surroundings: places.Surroundings,
) -> tuple[waivers.Waiver, ...]:
    """Read the file that [nova_cow_check]/waivers_file names, if it does.

    :param configuration_: where the values of conf come from
    :param surroundings: those in which the option was written
    :raises ConfigurationError: if it cannot be read, or is not understood
    """
    option = opts.WAIVERS_FILE
    opts.register(conf)
    written = _written(configuration_)
    try:
        path = conf[option.group][option.name]
    except (cfg.Error, ValueError, RecursionError):
        raise _not_usable(written.origin) from None
    if not path:
        return ()
    if '\0' in path:
        raise _not_usable(written.origin)
    # What a reference stands for, or a line behind it, could be a password.
    is_shown = '$' not in written.text and '\n' not in written.text
    shown = None if is_shown else text.value_as_shown(written.text)
    return read(path, surroundings, shown)


def _written(
    configuration_: configuration.Configuration,
) -> origins.Assignment:
    """Return the option as it is written; without text if it is not."""
    option, kinds = opts.WAIVERS_FILE, origins.OriginKind
    variable = configuration_.environment.get(option.variable)
    if variable is not None:
        origin = origins.Origin(kinds.ENVIRONMENT, option.variable)
        return origins.Assignment(option.group, option.name, variable, origin)
    nowhere = origins.Origin(kinds.DEFAULT)
    unset = origins.Assignment(option.group, option.name, '', nowhere)
    found = configuration_.assignments(option.group, option.name)
    return [unset, *found][-1]


def _not_usable(origin: origins.Origin) -> errors.ConfigurationError:
    return errors.ConfigurationError(
        _('the value of %s cannot be used') % opts.WAIVERS_FILE,
        origin.name or None,
        origin.line or None,
    )


def read(
    path: str, surroundings: places.Surroundings, shown: str | None = None
) -> tuple[waivers.Waiver, ...]:
    """Read a file of waivers.

    :param path: as seen from these surroundings
    :param shown: what errors and reports call it; without it, its path
    :raises ConfigurationError: if it cannot be read, or is not understood
    """
    root = surroundings.root
    path = surroundings.expand(path)
    shown = shown or root.shown_path(path)
    try:
        data = files.read_bytes(root.host_path(path), root)
    except OSError as error:
        raise errors.ConfigurationError(
            _('cannot be read: %s') % error.strerror, shown
        ) from None
    if len(data) > _LARGEST_FILE:
        raise errors.ConfigurationError(
            _('larger than %d MiB: not a file of waivers')
            % (_LARGEST_FILE // 1024**2),
            shown,
        )
    return waiver_parser.parse(data, shown, datetime.date.today())
