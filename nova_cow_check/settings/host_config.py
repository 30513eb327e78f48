# SPDX-License-Identifier: Apache-2.0

"""What one nova-compute reads, and a ConfigOpts that answers from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import dataclasses
from typing import Any, NamedTuple

from oslo_config import cfg
from oslo_config import sources

from nova_cow_check.nova import opts
from nova_cow_check.settings import parsing


class Editing(NamedTuple):
    """What it takes to write an option into files."""

    #: Where it can be written if it is not, None if there is no file.
    place: parsing.Place | None = None
    #: What stands around the values that are written.
    frames: tuple[tuple[parsing.Origin, parsing.Frame], ...] = ()


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The files and the environment of one nova-compute."""

    #: In the order in which they are read: a later one wins.
    files: tuple[parsing.ConfigFile, ...]
    #: The variables that beat the files; others may be in it.
    environment: Mapping[str, str]

    def assignments(
        self, group: str, name: str
    ) -> tuple[parsing.Assignment, ...]:
        """Return all assignments of an option, the winning one last."""
        key = (parsing.normalize_group(group), name)
        return tuple(
            assignment
            for file in self.files
            for assignment in file.by_option.get(key, ())
        )

    def editing(self, option: opts.Option) -> Editing:
        """Return how to write one of `opts.OPTIONS`.

        Of places that are alike, the one in the file that is read last.
        """
        number = opts.OPTIONS.index(option)
        places = [file.places[number] for file in reversed(self.files)]
        frames = tuple(
            (assignment.origin, assignment.frame)
            for assignment in self.assignments(option.group, option.name)
            if assignment.frame is not None
        )
        best = max(places, key=lambda place: place.kind, default=None)
        return Editing(best, frames)

    def all_assignments(self) -> Iterator[parsing.Assignment]:
        for file in self.files:
            yield from file.assignments


class _AssignmentsSource(sources.ConfigurationSource):
    """Answers from a Configuration as oslo.config does from files."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def get(
        self, group_name: str | None, option_name: str, opt: cfg.Opt
    ) -> tuple[Any, cfg.LocationInfo | None]:
        group = group_name or 'DEFAULT'
        variable = opts.variable_of(group, option_name)
        text = self._configuration.environment.get(variable)
        if text is not None:
            return text, cfg.LocationInfo(cfg.Locations.environment, variable)
        # Old names too, for the checks of other projects.
        names = [(group, opt.dest)] + [
            (old.group or group, old.name or opt.dest)
            for old in opt.deprecated_opts
        ]
        values: list[str] = []
        for file in reversed(self._configuration.files):
            for old_group, name in names:
                key = (parsing.normalize_group(old_group), name)
                found = file.by_option.get(key)
                if found is None:
                    continue
                location = cfg.LocationInfo(cfg.Locations.user, file.path)
                if not opt.multi:
                    return found[-1].text, location
                values[:0] = [assignment.text for assignment in found]
        if values:
            return values, cfg.LocationInfo(cfg.Locations.user, '')
        return sources._NoValue, None


class HostConfig(cfg.ConfigOpts):
    """A ConfigOpts with the values that one nova-compute would have.

    oslo.config does the interpolation and conversion. Unlike a ConfigOpts
    that reads files itself, it takes no argument list, no global
    environment and no second parse, so that many can be made.

    It is a configuration source to oslo.config, put first in the list that
    [DEFAULT]/config_source fills. That list has no public way in.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self.configuration = configuration
        self._sources.append(_AssignmentsSource(configuration))
        opts.register(self)

    def follow_config_sources(self) -> bool:
        """Read the sources named by [DEFAULT]/config_source.

        :returns: whether all of them could be read; oslo.config itself
            logs an error and goes on without
        """
        self(
            [],
            project='nova',
            prog='nova-compute',
            default_config_files=[],
            default_config_dirs=[],
            use_env=False,
        )
        own = 1
        return len(self._sources) == own + len(self.config_source)
