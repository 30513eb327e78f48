# SPDX-License-Identifier: Apache-2.0

"""The configuration that a program on this host reads, loaded."""

from __future__ import annotations

from collections.abc import Sequence
import contextlib
import os

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import config_sources
from nova_cow_check.sources import files
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

#: Characters of all names of sources together.
_LONGEST_NAMES = 65536


def load(named: Sequence[arguments.Place]) -> host_config.HostConfig:
    """Load what nova-compute would read if it were started here.

    :param named: files and directories in the order of a command line;
        none for those that nova-compute finds by itself
    :raises NothingFound: if there is nothing to read
    :raises ConfigurationError: if anything cannot be read
    """
    return configured(search.read(named, search.own_surroundings()))


def configured(
    found: host_config.Configuration, why_alone: str = ''
) -> host_config.HostConfig:
    """Return the values of a configuration, its sources followed.

    :param why_alone: why sources that it names are not read, '' if they are
    :raises ConfigurationError: if a source that counts cannot be read
    """
    followed = host_config.Followed()
    if _names_sources(host_config.HostConfig(found)):
        followed = host_config.Followed((), why_alone)
        if not why_alone:
            followed = config_sources.follow(found)
    return _complete(host_config.HostConfig(found, followed))


def edited(
    conf: host_config.HostConfig, found: host_config.Configuration
) -> host_config.HostConfig:
    """Return the values of a configuration after an edit of its files.

    No edit changes which sources it names: they are not read again.

    :param conf: its values before
    :raises ConfigurationError: if a source counts now that cannot be read
    """
    return _complete(host_config.HostConfig(found, conf.followed))


def _complete(conf: host_config.HostConfig) -> host_config.HostConfig:
    """Refuse a configuration that lacks a source which counts.

    :raises ConfigurationError: if it does
    """
    if not conf.followed.gap:
        return conf
    # nova-compute logs an error and starts without. The files beat the
    # sources, so nothing is missing when they set every option read here.
    known = host_settings.read(conf, conf.configuration)
    unknown = [str(one.option) for one in known.all if not one.is_written]
    if unknown:
        reason = _(
            'cannot read all sources that [DEFAULT]/config_source names, '
            'which may set %(options)s: %(why)s'
        )
        reason %= {'options': ', '.join(unknown), 'why': conf.followed.gap}
        raise _error(conf, reason)
    return conf


def _names_sources(conf: host_config.HostConfig) -> bool:
    """Return whether [DEFAULT]/config_source names any source.

    :raises ConfigurationError: as `require_own_options` does
    """
    require_own_options(conf)
    return bool(conf.config_source)


def require_own_options(conf: host_config.HostConfig) -> None:
    """Refuse values with which oslo.config ends a program at its start.

    :raises ConfigurationError: if one of `host_config.OWN` has no value

    Source: oslo_config/cfg.py, ConfigOpts._validate_cli_options and
    _load_alternative_sources.
    """
    for name in host_config.OWN:
        if not _is_usable(conf, name):
            reason = _(
                'the value of [DEFAULT]/%s cannot be used; nova-compute ends '
                'at its start, unless Nova knows an option that this refers '
                'to: write the value itself there, in place of a reference'
            )
            raise _error(conf, reason % name, name)


def _is_usable(conf: host_config.HostConfig, name: str) -> bool:
    written = conf.configuration.assignments('DEFAULT', name)
    # What is longer names none, and takes oslo.config the square of its time.
    if written and len(written[-1].text) > _LONGEST_NAMES:
        return False
    variable = opts.variable_of('DEFAULT', name)
    if not written and variable not in conf.configuration.environment:
        # What was read is no reference, whatever the files are called.
        return True
    try:
        conf[name]
    except (cfg.Error, ValueError, RecursionError):
        return False
    return True


def refuse_sources(conf: host_config.HostConfig) -> None:
    """Refuse a configuration that names any source.

    :raises ConfigurationError: if it does, or if that cannot be told
    """
    require_own_options(conf)
    if conf.config_source:
        reason = _(
            '[DEFAULT]/config_source names sources, which can be read on '
            'that host only; make the report there, with --output json'
        )
        raise _error(conf, reason)


def _error(
    conf: host_config.HostConfig, reason: str, name: str = 'config_source'
) -> errors.ConfigurationError:
    """Return an error about an option of `host_config.OWN`, wherever it is."""
    written = conf.configuration.assignments('DEFAULT', name)
    if not written:
        return errors.ConfigurationError(reason)
    place = written[-1].origin
    return errors.ConfigurationError(reason, place.name, place.line)


def configuration_of(conf: cfg.ConfigOpts) -> host_config.Configuration:
    """Find out where the values of a loaded ConfigOpts come from.

    The values themselves are the ConfigOpts's; this tells their files and
    lines. A file that cannot be read again is left out.

    :raises ConfigurationError: if the ConfigOpts has not been called: it
        would give defaults for everything
    """
    if isinstance(conf, host_config.HostConfig):
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
    listed: list[str] = []
    for name in directories:
        with contextlib.suppress(errors.ConfigurationError):
            listed += files.list_directory(os.path.expanduser(name), root)
    named = [os.path.expanduser(name) for name in named_files]
    defaults_come_first = given and not conf.config_dirs
    found: list[parsing.ConfigFile] = []
    for path in listed + named if defaults_come_first else named + listed:
        with contextlib.suppress(errors.ConfigurationError):
            found.append(files.read_file(path, root))
    return host_config.Configuration(tuple(found), dict(os.environ))


NOVA_STATUS = 'nova-status'


def read_for_nova_status(
    named: Sequence[arguments.Place],
) -> host_config.Configuration:
    """Read every file that nova-status would read.

    :param named: files and directories in the order of a command line;
        what is not named is looked for, as oslo.config does
    :returns: the files, none if there are none
    :raises ConfigurationError: if one cannot be read
    """
    surroundings = search.own_surroundings()
    places = search.with_defaults(named, _find_for_nova_status)
    paths = search.paths_of(places, surroundings)
    for path in paths:
        # It would be empty when it is read again, as Nova does: a pipe.
        if os.path.exists(path) and not os.path.isfile(path):
            raise errors.ConfigurationError(_('not a regular file'), path)
    return search.read_paths(paths, surroundings)


def require_all(found: host_config.Configuration) -> None:
    """Refuse a configuration that says nothing, or not everything.

    :raises ConfigurationError: if there is no file, or if a source named
        by [DEFAULT]/config_source cannot be read
    """
    if not found.files:
        reason = _(
            'found no configuration to read; looked for nova.conf, '
            'nova-status.conf, and *.conf in nova.conf.d and '
            'nova-status.conf.d, in ~/.nova, ~, /etc/nova and /etc'
        )
        raise errors.ConfigurationError(reason)
    conf = host_config.HostConfig(found)
    if _names_sources(conf) and config_sources.follow(found).gap:
        raise errors.ConfigurationError(
            _('cannot read all sources that [DEFAULT]/config_source names')
        )


def _find_for_nova_status(extension: str) -> list[str]:
    find = {'.conf': cfg.find_config_files, '.conf.d': cfg.find_config_dirs}
    found: list[str] = find[extension]('nova', NOVA_STATUS)
    return found
