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

"""The configuration of this host's nova-compute, loaded."""

from __future__ import annotations

from collections.abc import Sequence

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import settings
from nova_cow_check.sources import arguments
from nova_cow_check.sources import places


def load(named: Sequence[arguments.Place]) -> configuration.HostConfig:
    """Load what nova-compute would read if it were started here.

    :param named: files and directories in the order of a command line;
        none for those that nova-compute finds by itself
    :raises NothingFound: if there is nothing to read
    :raises ConfigurationError: if anything cannot be read
    """
    return configured(places.read(named, places.own_surroundings()))


def configured(
    found: configuration.Configuration, follows_sources: bool = True
) -> configuration.HostConfig:
    """Return the values of a configuration, its sources followed.

    :param follows_sources: whether what a source names can be read here
    :raises ConfigurationError: if a source that counts cannot be read
    """
    conf = configuration.HostConfig(found)
    if follows_sources:
        require_sources(conf, follow_sources(conf))
    else:
        require_sources(conf, not names_sources(conf))
    return conf


def follow_sources(conf: configuration.HostConfig) -> bool:
    """Read the sources that are named, and return whether all could be.

    :raises ConfigurationError: if it cannot be told whether there are any
    """
    names_sources(conf)
    try:
        return conf.follow_config_sources()
    except (cfg.Error, ValueError, SystemExit):
        # Of the driver and its own options; oslo.config catches only some.
        return False


def names_sources(conf: configuration.HostConfig) -> bool:
    """Return whether [DEFAULT]/config_source names any source.

    :raises ConfigurationError: if it has no value; nova-compute ends, too
    """
    try:
        return bool(conf.config_source)
    except (cfg.Error, RecursionError):
        raise _error(
            conf, _('the value of [DEFAULT]/config_source cannot be used')
        ) from None


def require_sources(
    conf: configuration.HostConfig, are_complete: bool
) -> None:
    """Refuse a configuration of which something that counts is missing.

    nova-compute logs an error and starts without. The files beat the
    sources, so nothing is missing when they set every option read here.
    """
    if are_complete:
        return
    host = settings.read(conf, conf.configuration)
    unknown = [str(item.option) for item in host.all if not item.is_written]
    if unknown:
        raise _error(
            conf,
            _(
                'cannot read all sources that [DEFAULT]/config_source names, '
                'which may set %s'
            )
            % ', '.join(unknown),
        )


def refuse_sources(conf: configuration.HostConfig) -> None:
    """Refuse a configuration that names any source.

    :raises ConfigurationError: if it does, or if that cannot be told
    """
    if names_sources(conf):
        raise _error(
            conf,
            _(
                '[DEFAULT]/config_source names sources, which can be read on '
                'that host only; make the report there, with --output json'
            ),
        )


def _error(
    conf: configuration.HostConfig, reason: str
) -> errors.ConfigurationError:
    """Return an error about [DEFAULT]/config_source, wherever it is."""
    written = conf.configuration.assignments('DEFAULT', 'config_source')
    if not written:
        return errors.ConfigurationError(reason)
    place = written[-1].origin
    return errors.ConfigurationError(reason, place.name, place.line)
