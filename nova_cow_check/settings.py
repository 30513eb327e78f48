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

"""The values that nova-compute would use, each with its origin."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Generic, NamedTuple, TypeVar, Union

from oslo_config import cfg

from nova_cow_check import configuration
from nova_cow_check import lookalikes
from nova_cow_check import opts
from nova_cow_check import origins

T = TypeVar('T', str, bool)


class Fault(enum.Enum):
    """Why Nova cannot use what is written."""

    #: Not one of the option's values.
    INVALID = 'invalid'
    #: Refers ($name) to an option that cannot be resolved.
    UNRESOLVED = 'unresolved'


@dataclasses.dataclass(frozen=True)
class Setting(Generic[T]):
    """One option, its value and where it comes from."""

    option: opts.Option
    #: None if there is a fault, and for a compute_driver that is not set.
    value: T | None
    origin: origins.Origin
    #: What is written at the origin, None if that is not known.
    text: str | None = None
    fault: Fault | None = None
    #: Every place where it is written, the winning one last.
    written: tuple[origins.Origin, ...] = ()
    #: What it takes to write it into the files, if these are here.
    editing: configuration.Editing = configuration.Editing()

    @property
    def is_written(self) -> bool:
        return self.origin.kind is not origins.OriginKind.DEFAULT


AnySetting = Union[Setting[str], Setting[bool]]


@dataclasses.dataclass(frozen=True)
class ImageSettings:
    """The settings of one host that decide how disks are made and moved."""

    compute_driver: Setting[str]
    images_type: Setting[str]
    use_cow_images: Setting[bool]
    force_raw_images: Setting[bool]
    #: Lines that were meant to set one of these, but do not.
    lookalikes: tuple[lookalikes.Lookalike, ...] = ()
    #: The files that were read, in reading order.
    files: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[AnySetting, ...]:
        return (self.compute_driver, *self.image_options)

    @property
    def image_options(self) -> tuple[AnySetting, ...]:
        return self.images_type, self.use_cow_images, self.force_raw_images


class Unreadable(NamedTuple):
    """A host that could not be read, or not all of it."""

    #: Never text from a file, which could be a password.
    reason: str
    #: As the host's origins name files; '' for all that there is of it.
    path: str = ''
    #: Number of the line concerned, from 1; 0 for none.
    line: int = 0

    def __str__(self) -> str:
        place = self.path
        if self.line:
            place += f':{self.line}'
        return f'{place}: {self.reason}' if place else self.reason


#: What is known of a host.
Known = Union[ImageSettings, Unreadable]


def read(
    conf: cfg.ConfigOpts, configuration_: configuration.Configuration
) -> ImageSettings:
    """Read the settings from a ConfigOpts.

    :param conf: the values; options that it lacks are registered
    :param configuration_: where those values come from
    """
    opts.register(conf)
    return ImageSettings(
        compute_driver=_read(conf, opts.COMPUTE_DRIVER, configuration_),
        images_type=_read(conf, opts.IMAGES_TYPE, configuration_),
        use_cow_images=_read(conf, opts.USE_COW_IMAGES, configuration_),
        force_raw_images=_read(conf, opts.FORCE_RAW_IMAGES, configuration_),
        lookalikes=lookalikes.find(configuration_),
        files=tuple(file.path for file in configuration_.files),
    )


def _read(
    conf: cfg.ConfigOpts,
    option: opts.Option,
    configuration_: configuration.Configuration,
) -> Setting[Any]:
    value: Any = None
    location: cfg.Locations | None = None
    fault: Fault | None = None
    try:
        group = conf[option.opt_group] if option.opt_group else conf
        value = group[option.name]
        info = conf.get_location(option.name, option.opt_group)
        location = info.location if info else None
    except ValueError:
        fault = Fault.INVALID
    except (cfg.Error, RecursionError):
        fault = Fault.UNRESOLVED
    assignments = configuration_.assignments(option.group, option.name)
    winner = _winner(assignments, option, value)
    origin, text = _origin(
        conf, option, configuration_, winner, value, location, fault
    )
    written = tuple(assignment.origin for assignment in assignments)
    if origin.kind is not origins.OriginKind.DEFAULT:
        written = (*(o for o in written if o != origin), origin)
    editing = configuration_.editing(option)
    return Setting(option, value, origin, text, fault, written, editing)


def _winner(
    assignments: tuple[origins.Assignment, ...],
    option: opts.Option,
    value: Any,
) -> origins.Assignment | None:
    """Return the assignment that a value comes from.

    The last one, unless another program's ConfigOpts was given its files
    in an order that cannot be known any more.
    """
    if value is None:
        return assignments[-1] if assignments else None
    for assignment in reversed(assignments):
        try:
            # What a reference stands for is not known here.
            if (
                '$' in assignment.text
                or option.opt.type(assignment.text) == value
            ):
                return assignment
        except ValueError:
            continue
    return assignments[-1] if assignments else None


def _origin(
    conf: cfg.ConfigOpts,
    option: opts.Option,
    configuration_: configuration.Configuration,
    winner: origins.Assignment | None,
    value: Any,
    location: cfg.Locations | None,
    fault: Fault | None,
) -> tuple[origins.Origin, str | None]:
    kinds = origins.OriginKind
    in_environment = configuration_.environment.get(option.variable)
    if location is cfg.Locations.environment or (
        fault and in_environment is not None
    ):
        return origins.Origin(kinds.ENVIRONMENT, option.variable), (
            in_environment
        )
    # oslo.config keeps the location of an override that was cleared.
    is_cleared = winner is None and value == option.opt.default
    overrides = (cfg.Locations.set_override, cfg.Locations.command_line)
    if location in overrides and not is_cleared:
        return origins.Origin(kinds.OVERRIDE), None
    if winner and (fault or location is cfg.Locations.user):
        return winner.origin, winner.text
    if fault or location is cfg.Locations.user:
        if conf.config_source:
            # A name without a group is none, and could be a password.
            names = [
                name
                for name in conf.config_source
                if configuration_.assignments(name, 'driver')
            ]
            return (
                origins.Origin(kinds.CONFIG_SOURCE, ', '.join(names)),
                None,
            )
        return origins.Origin(kinds.UNKNOWN), None
    return origins.Origin(kinds.DEFAULT), None
