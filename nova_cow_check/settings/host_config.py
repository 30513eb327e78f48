# SPDX-License-Identifier: Apache-2.0

"""What one nova-compute reads, and a ConfigOpts that answers from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import itertools
from typing import Any, NamedTuple

from oslo_config import cfg
from oslo_config import sources

from nova_cow_check.nova import opts
from nova_cow_check.settings import new_lines
from nova_cow_check.settings import parsing

#: Characters of all values together that one value refers to.
_LONGEST_REFERENCES = 65536


#: Options of oslo.config itself. It takes their values before it gives any
#: other, and ends a program if a reference in them cannot be resolved.
OWN = ('config_source', 'config_file', 'config_dir')

_LIBVIRT_VARIABLES = opts.variable_of(parsing.LIBVIRT, '')


class Editing(NamedTuple):
    """What it takes to write an option into files."""

    #: Where it can be written if it is not, None if there is no file.
    place: new_lines.Place | None = None
    #: What stands around the values that are written.
    frames: tuple[tuple[parsing.Origin, parsing.Frame], ...] = ()
    #: The source that the files beat, if it sets the option, or could.
    source: parsing.Origin | None = None


class Configuration(NamedTuple):
    """The files and the environment of one nova-compute."""

    #: In the order in which they are read: a later one wins.
    files: tuple[parsing.ConfigFile, ...]
    #: The variables that beat the files; others may be in it.
    environment: Mapping[str, str]
    #: What was read, files and directories, as oslo.config's own options
    #: have it; without it, these are the files.
    config_file: tuple[str, ...] | None = None
    config_dir: tuple[str, ...] = ()

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

    def editing(
        self, option: opts.Option, written: Iterable[parsing.Assignment]
    ) -> Editing:
        """Return how to write one of `opts.OPTIONS`.

        Of places that are alike, the one in the file that is read last.

        :param written: all assignments of it
        """
        number = opts.OPTIONS.index(option)
        places = [file.places[number] for file in reversed(self.files)]
        frames = tuple(
            (assignment.origin, assignment.frame)
            for assignment in written
            if assignment.frame is not None
        )
        best = max(places, key=lambda place: place.kind, default=None)
        return Editing(best, frames)

    @property
    def libvirt_option(self) -> parsing.Origin | None:
        """Where the first option of [libvirt] is written, any of them."""
        for file in self.files:
            if file.libvirt_option is not None:
                return file.libvirt_option
        for variable in self.environment:
            if variable.startswith(_LIBVIRT_VARIABLES):
                kind = parsing.OriginKind.ENVIRONMENT
                return parsing.Origin(kind, variable)
        return None


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
        values: list[list[str]] = []
        for file in reversed(self._configuration.files):
            for old_group, name in names:
                key = (parsing.normalize_group(old_group), name)
                found = file.by_option.get(key)
                if found is None:
                    continue
                location = cfg.LocationInfo(cfg.Locations.user, file.path)
                if not opt.multi:
                    return found[-1].text, location
                values.append([assignment.text for assignment in found])
        if values:
            in_order = [*itertools.chain.from_iterable(reversed(values))]
            return in_order, cfg.LocationInfo(cfg.Locations.user, '')
        return sources._NoValue, None


class _Limited:
    """Values that a text refers to, as long as they are not too long.

    A value of a few lines can refer to itself again and again: it would
    fill the memory, and that of nova-compute, too.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._left = _LONGEST_REFERENCES

    def __getitem__(self, name: str) -> str:
        value = str(self._values[name])
        self._left -= len(value)
        if self._left < 0:
            raise cfg.TemplateSubstitutionError
        return value


class _Template(cfg.ConfigOpts.Template):
    def safe_substitute(  # type: ignore[override]
        self, values: Mapping[str, Any]
    ) -> str:
        return super().safe_substitute(_Limited(values))  # type: ignore[arg-type]


class Followed(NamedTuple):
    """The sources that [DEFAULT]/config_source names, read."""

    sources: tuple[sources.ConfigurationSource, ...] = ()
    #: Why not all of them are read, '' if they are.
    gap: str = ''


class HostConfig(cfg.ConfigOpts):
    """A ConfigOpts with the values that one nova-compute would have.

    oslo.config does the interpolation and conversion. Unlike a ConfigOpts
    that reads files itself, it takes no argument list, no global
    environment and no second parse, so that many can be made.

    It is a configuration source to oslo.config, put first in the list that
    [DEFAULT]/config_source fills. That list has no public way in.

    :param followed: the sources that are known already
    """

    Template = _Template

    def __init__(
        self, configuration: Configuration, followed: Followed = Followed()
    ) -> None:
        super().__init__()
        self.configuration = configuration
        self.followed = followed
        self._sources.append(_AssignmentsSource(configuration))
        self._sources.extend(followed.sources)
        opts.register(self)
        self._places = _places(configuration)
        self.register_opts(self._places)

    @property
    def other_sources(self) -> tuple[sources.ConfigurationSource, ...]:
        """The sources that were read, but for its own files."""
        _own, *others = self._sources
        return tuple(others)

    def follow_config_sources(self) -> bool:
        """Read the sources named by [DEFAULT]/config_source.

        :returns: whether all of them could be read; oslo.config itself
            logs an error and goes on without
        """
        # It registers its own, with what it is called with, and would read
        # that again.
        self.unregister_opts(self._places)
        try:
            self(
                [],
                project='nova',
                prog='nova-compute',
                default_config_files=[],
                default_config_dirs=[],
                use_env=False,
            )
        finally:
            for one in self._places:
                self.set_default(one.name, one.default)
        return self._has_all_sources()

    def has_source_of(self, option: opts.Option) -> bool:
        """Return whether an option is set, or could be, without the files.

        It is by a source that they beat; and who knows, if one that
        [DEFAULT]/config_source names has not been read.
        """
        _own, *others = self._sources
        name = option.opt_group, option.name, option.opt
        try:
            return not self._has_all_sources() or any(
                source.get(*name)[0] is not sources._NoValue
                for source in others
            )
        except (cfg.Error, ValueError, RecursionError):
            # What is named cannot be told: no nova-compute starts with it.
            return False

    def _has_all_sources(self) -> bool:
        own = 1
        return len(self._sources) == own + len(self.config_source)


def _places(configuration: Configuration) -> list[cfg.Opt]:
    """Return the options that tell what was read, for references to them."""
    config_file = configuration.config_file
    if config_file is None:
        config_file = tuple(file.path for file in configuration.files)
    # As oslo.config has it: a list, or the text of a file.
    no_type: Any = _as_it_is
    return [
        cfg.Opt('config_file', no_type, default=list(config_file)),
        cfg.ListOpt('config_dir', default=list(configuration.config_dir)),
    ]


def _as_it_is(value: Any) -> Any:
    return value
