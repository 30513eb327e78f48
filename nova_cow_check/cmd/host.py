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


"""The host that a command line asks for."""

from __future__ import annotations

import argparse
import socket
from typing import TYPE_CHECKING, NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import vocabulary
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import settings
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import waiver_file
from nova_cow_check import verdict
from nova_cow_check import waivers

if TYPE_CHECKING:
    from nova_cow_check.sources import running


class Host(NamedTuple):
    """What nova-compute reads on one host, and what is accepted there."""

    name: str
    conf: configuration.HostConfig
    #: Those of other hosts may be among them.
    waivers: tuple[waivers.Waiver, ...]
    #: Those in which nova-compute reads it.
    surroundings: places.Surroundings
    #: Whether the sources that it names can be read from here.
    follows_sources: bool


def load(options: argparse.Namespace) -> Host:
    """Load the configuration and the waivers of a host.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if anything cannot be read
    """
    surroundings = places.own_surroundings()
    follows_sources = True
    if options.running is None:
        conf = _load_named(options)
    else:
        from nova_cow_check.sources import running

        process = _choose(options.running)
        surroundings = running.surroundings(process)
        follows_sources = running.shares_root(process)
        conf = _load_running(process)
    if options.waivers is None:
        accepted = waiver_file.configured(
            conf, conf.configuration, surroundings
        )
    else:
        accepted = waiver_file.read(options.waivers, places.own_surroundings())
    name = options.host or socket.gethostname()
    return Host(name, conf, accepted, surroundings, follows_sources)


def judge(
    on: Host, conf: configuration.HostConfig
) -> tuple[settings.ImageSettings, tuple[verdict.Row, ...]]:
    """Judge a configuration of a host, its waivers applied."""
    image_settings = settings.read(conf, conf.configuration)
    accepted = waivers.for_host(on.waivers, on.name)
    return image_settings, verdict.judge(image_settings, accepted)


def _load_named(options: argparse.Namespace) -> configuration.HostConfig:
    try:
        return host.load(options.places)
    except places.NothingFound as error:
        from nova_cow_check.sources import running

        processes = ', '.join(map(str, running.find()))
        if not processes:
            raise
        raise errors.ConfigurationError(
            _(
                '%(error)s; nova-compute is running here, add --running: '
                '%(all)s'
            )
            % {'error': error, 'all': processes}
        ) from None


def _choose(process_id: int) -> running.Process:
    from nova_cow_check.sources import running

    any_process = process_id == vocabulary.ANY_PROCESS
    return running.choose(None if any_process else process_id)


def _load_running(process: running.Process) -> configuration.HostConfig:
    from nova_cow_check.sources import running

    conf = running.load(process)
    files = ', '.join(file.path for file in conf.configuration.files)
    guard.say(
        vocabulary.PROGRAM,
        _('read nova-compute, process %(pid)d: %(files)s')
        % {'pid': process.pid, 'files': files},
    )
    return conf
