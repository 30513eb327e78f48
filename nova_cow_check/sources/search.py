# SPDX-License-Identifier: Apache-2.0

"""Which files and directories nova-compute reads, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.settings import host_config
from nova_cow_check.sources import arguments
from nova_cow_check.sources import files
from nova_cow_check.sources import roots

_PROJECT = 'nova'
_PROGRAM = 'nova-compute'


class Surroundings(NamedTuple):
    """What the meaning of a path depends on: this process's, or another's."""

    root: roots.Root
    environment: Mapping[str, str]
    #: Needed in another process's root only.
    home: str = ''
    working_directory: str = ''

    def expand(self, path: str) -> str:
        """Return a path as oslo.config opens it.

        A relative path stays so where it leads to the same file: messages
        name a file as its user did.

        Source: oslo_config/cfg.py, _fixpath.
        """
        if self.root.is_own:
            return os.path.expanduser(path)
        if path == '~' or path.startswith('~/'):
            path = self.home + path[1:]
        return os.path.normpath(os.path.join(self.working_directory, path))


def own_surroundings() -> Surroundings:
    """Return the surroundings of this process."""
    return Surroundings(roots.Root(), dict(os.environ))


def read(
    places: Sequence[arguments.Place], surroundings: Surroundings
) -> host_config.Configuration:
    """Read what nova-compute reads when it is started with these places.

    :raises ConfigurationError: if anything cannot be read, or if there is
        nothing to read
    """
    searched: list[str] = []
    every = tuple(
        with_defaults(
            places, lambda extension: _find(surroundings, extension, searched)
        )
    )
    paths = paths_of(every, surroundings)
    if not paths:
        # All of them are directories: a file would be among the paths.
        searched += (surroundings.expand(place.path) for place in places)
        shown = map(surroundings.root.shown_path, searched)
        raise NothingFound(list(dict.fromkeys(shown)))
    config_file, config_dir = (
        tuple(place.path for place in every if place.is_directory is kind)
        for kind in (False, True)
    )
    return read_paths(paths, surroundings)._replace(
        config_file=config_file, config_dir=config_dir
    )


def paths_of(
    places: Iterable[arguments.Place], surroundings: Surroundings
) -> list[str]:
    """Return the files in places, in reading order.

    :raises ConfigurationError: if a directory cannot be listed
    """
    paths: list[str] = []
    for place in places:
        path = surroundings.expand(place.path)
        if place.is_directory:
            paths += files.list_directory(path, surroundings.root)
        else:
            paths.append(path)
    return paths


def read_paths(
    paths: Sequence[str], surroundings: Surroundings
) -> host_config.Configuration:
    """Read files, one named twice only once: it may be a pipe.

    :param paths: as seen from inside the root
    :raises ConfigurationError: if one cannot be read
    """
    root = surroundings.root
    found = {
        path: files.read_file(path, root) for path in dict.fromkeys(paths)
    }
    return host_config.Configuration(
        tuple(map(found.__getitem__, paths)), surroundings.environment
    )


def with_defaults(
    named: Sequence[arguments.Place], find: Callable[[str], Sequence[str]]
) -> Iterator[arguments.Place]:
    """Yield the places that a program reads, in its order.

    The default files are read only when no --config-file is given, the
    default directories only when no --config-dir is given; both come
    before everything given. An abbreviated flag leaves them as they are.

    :param find: returns the defaults that exist, by extension: ``.conf``
        for files, ``.conf.d`` for directories

    Source: oslo_config/cfg.py, ConfigOpts._parse_config_files.
    """
    replacing = [place for place in named if not place.keeps_defaults]
    if all(place.is_directory for place in replacing):
        for path in find('.conf'):
            yield arguments.Place(False, path)
    if not any(place.is_directory for place in replacing):
        for path in find('.conf.d'):
            yield arguments.Place(True, path)
    yield from named


class NothingFound(errors.NothingThere):
    """There is no configuration file in any of the places.

    :param advice: what to do about it, if that is known
    """

    def __init__(self, searched: Sequence[str], advice: str = '') -> None:
        reason = _('found no configuration to read; looked for %(places)s')
        heading = _('found no configuration to read; looked for:')
        if advice:
            reason = _(
                'found no configuration to read; looked for %(places)s; '
                '%(advice)s'
            )
            heading = _(
                'found no configuration to read; %(advice)s; looked for:'
            )
        words = {'places': ', '.join(searched), 'advice': advice}
        super().__init__(reason % words, heading % words, searched)


def _find(
    surroundings: Surroundings, extension: str, searched: list[str]
) -> list[str]:
    """Return the default files or directories that exist.

    The same as oslo_config.cfg.find_config_files and find_config_dirs,
    which can look only at this process's own root, and take what they may
    not look at for absent.
    """
    found = []
    for name in (_PROJECT, _PROGRAM):
        for directory in _default_directories(surroundings):
            path = os.path.join(directory, name + extension)
            searched.append(path)
            try:
                there = surroundings.root.find(path)
            except OSError as error:
                reason = _('cannot be looked for: %s') % error.strerror
                shown = surroundings.root.shown_path(path)
                raise errors.ConfigurationError(reason, shown) from None
            if there:
                found.append(path)
                break
    return found


def _default_directories(surroundings: Surroundings) -> list[str]:
    """Source: oslo_config/cfg.py, _get_config_dirs."""
    directories = [
        surroundings.expand('~/.' + _PROJECT),
        surroundings.expand('~'),
        '/etc/' + _PROJECT,
        '/etc',
    ]
    for variable in ('SNAP_COMMON', 'SNAP'):
        snap = surroundings.environment.get(variable)
        if snap:
            directories.append(os.path.join(snap, 'etc', _PROJECT))
    return directories
