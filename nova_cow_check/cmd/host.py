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
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import vocabulary
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check.sources import host
from nova_cow_check.sources import places
from nova_cow_check.sources import waiver_file
from nova_cow_check import waivers


class Host(NamedTuple):
    """What nova-compute reads on one host, and what is accepted there."""

    name: str
    conf: configuration.HostConfig
    #: Those of other hosts may be among them.
    waivers: tuple[waivers.Waiver, ...]


def load(options: argparse.Namespace) -> Host:
    """Load the configuration and the waivers of a host.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if anything cannot be read
    """
    surroundings = places.own_surroundings()
    if options.running is None:
        conf = _load_named(options)
    else:
        conf, surroundings = _load_running(options.running)
    if options.waivers is None:
        accepted = waiver_file.configured(
            conf, conf.configuration, surroundings
        )
    else:
        accepted = waiver_file.read(options.waivers, places.own_surroundings())
    return Host(options.host or socket.gethostname(), conf, accepted)


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


def _load_running(
    process_id: int,
) -> tuple[configuration.HostConfig, places.Surroundings]:
    from nova_cow_check.sources import running

    any_process = process_id == vocabulary.ANY_PROCESS
    process = running.choose(None if any_process else process_id)
    conf = running.load(process)
    files = ', '.join(file.path for file in conf.configuration.files)
    guard.say(
        vocabulary.PROGRAM,
        _('read nova-compute, process %(pid)d: %(files)s')
        % {'pid': process.pid, 'files': files},
    )
    return conf, running.surroundings(process)
