# SPDX-License-Identifier: Apache-2.0

"""The values that nova-compute would use, each with its origin.

Of what is written, no more is kept than a report shows: so a report can
stand in for the files that it was made of.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
from typing import Any, Generic, NamedTuple, TypeVar, Union

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.settings import host_config
from nova_cow_check.settings import intentions
from nova_cow_check.settings import limits
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing
from nova_cow_check.settings import references

T = TypeVar('T', str, bool)


class Fault(enum.Enum):
    """Why Nova cannot use what is written."""

    #: Not one of the option's values.
    INVALID = 'invalid'
    #: Refers ($name) to an option that cannot be resolved.
    UNRESOLVED = 'unresolved'
    #: A compute_driver of the kind that Nova cannot load.
    UNLOADABLE = 'unloadable'


@dataclasses.dataclass(frozen=True)
class Setting(Generic[T]):
    """One option, its value and where it comes from."""

    option: opts.Option
    #: None for what is invalid or unresolved, and for a compute_driver that
    #: is not set or a reference; of another one, what is shown.
    value: T | None
    origin: parsing.Origin
    #: What is written, as far as it may be shown, else the value.
    shown: str
    #: The option's own value that was evidently meant where there is a
    #: fault, or that a compute_driver refers to; None if that is not known.
    meant: T | None = None
    fault: Fault | None = None
    #: Every place where it is written, the winning one last.
    written: tuple[parsing.Origin, ...] = ()
    #: What it takes to write it into the files, if these are here.
    editing: host_config.Editing = host_config.Editing()

    @property
    def is_written(self) -> bool:
        return self.origin.kind is not parsing.OriginKind.DEFAULT


AnySetting = Union[Setting[str], Setting[bool]]


class Changed(NamedTuple):
    """What is no longer as it was when a nova-compute was started."""

    #: As the host's origins name it; of a directory, what is in it.
    path: str
    #: With a time zone; None where only a difference tells it.
    at: datetime.datetime | None = None
    #: Path of what it is a copy of, which is another one now; '' if it is
    #: none.
    source: str = ''


class Process(NamedTuple):
    """What is known of a nova-compute that was running when it was read.

    Where it goes by what was read, the same of all: hosts that are alike
    are equal.
    """

    #: When it was started, None if nothing was changed since.
    started: datetime.datetime | None = None
    #: Files and directories that were read.
    changed: tuple[Changed, ...] = ()
    #: When its Nova was installed, if that was after its start.
    installed: datetime.datetime | None = None
    #: Files and options of which no time tells whether it goes by them.
    not_known: tuple[str, ...] = ()

    @property
    def outline(self) -> tuple[bool, ...]:
        """What hosts have to agree in to be told together."""
        return (
            any(not one.source for one in self.changed),
            any(one.source for one in self.changed),
            self.installed is not None,
        )


@dataclasses.dataclass(frozen=True)
class ImageSettings:
    """The settings of one host that decide how disks are made and moved."""

    compute_driver: Setting[str]
    #: Known of a reference, too.
    driver: drivers.Kind
    images_type: Setting[str]
    use_cow_images: Setting[bool]
    force_raw_images: Setting[bool]
    #: Lines that were meant to set one of these, but do not.
    lookalikes: tuple[lookalikes.Lookalike, ...] = ()
    #: How many more there are than `lookalikes.MOST`.
    more_lookalikes: int = 0
    #: The files that were read, in reading order.
    files: tuple[str, ...] = ()
    #: What keeps an edit from a file; those that are like nearly all files
    #: are not in it.
    limits: tuple[tuple[str, limits.Limits], ...] = ()
    #: Values that refer to one of these, or to a lookalike.
    references: tuple[references.Reference, ...] = ()
    #: Where there is no compute_driver: the first option of [libvirt], any of
    #: them, which a compute service has and other services seldom.
    libvirt_option: parsing.Origin | None = None
    #: None where no process was looked at.
    process: Process | None = None
    #: The release of Nova that goes by them, as `releases.parse` understands
    #: it; '' if that is not known.
    nova_release: str = ''
    #: Whether it is what a part of a configuration says: a value that is not
    #: written there, or only as a template or a reference, is None then.
    is_fragment: bool = False

    @property
    def all(self) -> tuple[AnySetting, ...]:
        return (self.compute_driver, *self.image_options)

    @property
    def faulty(self) -> tuple[AnySetting, ...]:
        """Those whose values Nova cannot use."""
        return tuple(one for one in self.all if one.fault)

    @property
    def image_options(self) -> tuple[AnySetting, ...]:
        return self.images_type, self.use_cow_images, self.force_raw_images

    # A key of caches, for each of the hosts that are alike.
    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        return hash((self.all, self.driver, self.lookalikes, self.files))

    @property
    def evidence(self) -> parsing.Origin | None:
        """What shows a compute service where there is no compute_driver."""
        if self.driver is not drivers.Kind.NONE:
            return None
        if self.libvirt_option is not None:
            return self.libvirt_option
        written = (one.origin for one in self.image_options if one.is_written)
        return next(written, None)


class Unreadable(NamedTuple):
    """A host that could not be read, or not all of it."""

    #: Never text from a configuration, which could be a password.
    reason: str
    #: As the host's origins name files; '' for all that there is of it.
    path: str = ''
    #: Number of the line concerned, from 1; 0 for none.
    line: int = 0

    def __str__(self) -> str:
        place = f'{self.path}:{self.line}' if self.line else self.path
        return f'{place}: {self.reason}' if place else self.reason


#: What is known of a host.
Known = Union[ImageSettings, Unreadable]


# One object for all hosts that are alike.
@functools.lru_cache(maxsize=1024)
def with_release(known: Known, release: str) -> Known:
    """Return what is known of a host, as one of another Nova.

    :param release: its number; '' leaves the host as it is
    """
    if not release or isinstance(known, Unreadable):
        return known
    return dataclasses.replace(known, nova_release=release)


def read(
    conf: cfg.ConfigOpts, configuration: host_config.Configuration
) -> ImageSettings:
    """Read the settings from a ConfigOpts.

    :param conf: the values; options that it lacks are registered
    :param configuration: where those values come from
    """
    opts.register(conf)
    compute_driver = _read(conf, opts.COMPUTE_DRIVER, configuration)
    ignored, more_ignored = lookalikes.find(configuration)
    driver = drivers.kind_of(compute_driver.value)
    is_missing = driver is drivers.Kind.NONE
    return ImageSettings(
        compute_driver=_driver(compute_driver),
        driver=driver,
        images_type=_read(conf, opts.IMAGES_TYPE, configuration),
        use_cow_images=_read(conf, opts.USE_COW_IMAGES, configuration),
        force_raw_images=_read(conf, opts.FORCE_RAW_IMAGES, configuration),
        lookalikes=ignored,
        more_lookalikes=more_ignored,
        files=tuple(file.path for file in configuration.files),
        limits=tuple(
            (file.path, file.limits)
            for file in configuration.files
            if file.limits != limits.Limits()
        ),
        references=references.find(configuration),
        libvirt_option=configuration.libvirt_option if is_missing else None,
    )


def _driver(setting: Setting[str]) -> Setting[str]:
    """Return a compute_driver without what is not shown of its value.

    What a reference stands for could be a password, unless it is one of
    Nova's drivers.
    """
    value = setting.value
    if value is None:
        return setting
    kind, meant, fault = drivers.kind_of(value), None, None
    is_reference = '$' in setting.shown
    if kind is drivers.Kind.UNLOADABLE:
        fault, meant = Fault.UNLOADABLE, intentions.driver(value)
    elif is_reference and kind in drivers.OF_NOVA:
        meant = value
    return dataclasses.replace(
        setting,
        value=None if is_reference else setting.shown,
        meant=meant,
        fault=fault,
    )


def _read(
    conf: cfg.ConfigOpts,
    option: opts.Option,
    configuration: host_config.Configuration,
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
    assignments = configuration.assignments(option.group, option.name)
    winner = _winner(assignments, option, value)
    origin, written_text = _origin(
        conf, option, configuration, winner, value, location, fault
    )
    written = tuple(assignment.origin for assignment in assignments)
    if origin.kind is not parsing.OriginKind.DEFAULT:
        written = (*(o for o in written if o != origin), origin)
    editing = configuration.editing(option, assignments)
    if (
        assignments
        and isinstance(conf, host_config.HostConfig)
        and conf.has_source_of(option)
    ):
        editing = editing._replace(source=_source(conf, configuration))
    shown = _shown(written_text, value, fault)
    meant = intentions.evident(option, shown) if fault else None
    return Setting(
        option, value, origin, shown, meant, fault, written, editing
    )


def _shown(written: str | None, value: object, fault: Fault | None) -> str:
    if written is not None:
        return printing.value_as_shown(written)
    if fault:
        return _('(not shown)')
    if value is None:
        return _('(none)')
    return printing.value_as_shown(str(value))


def _winner(
    assignments: tuple[parsing.Assignment, ...],
    option: opts.Option,
    value: Any,
) -> parsing.Assignment | None:
    """Return the assignment that a value comes from.

    The last one, unless another program's ConfigOpts was given its files
    in an order that cannot be known any more.
    """
    for assignment in reversed(() if value is None else assignments):
        text = assignment.text
        try:
            # What a reference stands for is not known here.
            if '$' in text or option.opt.type(text) == value:
                return assignment
        except ValueError:
            continue
    return assignments[-1] if assignments else None


def _origin(
    conf: cfg.ConfigOpts,
    option: opts.Option,
    configuration: host_config.Configuration,
    winner: parsing.Assignment | None,
    value: Any,
    location: cfg.Locations | None,
    fault: Fault | None,
) -> tuple[parsing.Origin, str | None]:
    kinds = parsing.OriginKind
    in_environment = configuration.environment.get(option.variable)
    if location is cfg.Locations.environment or (
        fault and in_environment is not None
    ):
        return parsing.Origin(kinds.ENVIRONMENT, option.variable), (
            in_environment
        )
    # oslo.config keeps the location of an override that was cleared.
    is_cleared = winner is None and value == option.opt.default
    overrides = (cfg.Locations.set_override, cfg.Locations.command_line)
    if location in overrides and not is_cleared:
        return parsing.Origin(kinds.OVERRIDE), None
    if not fault and location is not cfg.Locations.user:
        return parsing.Origin(kinds.DEFAULT), None
    if winner:
        return winner.origin, winner.text
    if not conf.config_source:
        return parsing.Origin(kinds.UNKNOWN), None
    return _source(conf, configuration), None


def _source(
    conf: cfg.ConfigOpts, configuration: host_config.Configuration
) -> parsing.Origin:
    """Return the sources that [DEFAULT]/config_source names, as one."""
    # A name without a group is none, and could be a password.
    names = [
        name
        for name in conf.config_source
        if configuration.assignments(name, 'driver')
    ]
    kind = parsing.OriginKind.CONFIG_SOURCE
    return parsing.Origin(kind, ', '.join(names))
