# SPDX-License-Identifier: Apache-2.0

"""The host that a command line asks for."""

from __future__ import annotations

import argparse
import dataclasses
import socket
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import vocabulary
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import host
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file


class Host(NamedTuple):
    """What nova-compute reads on one host, and what is accepted there."""

    name: str
    conf: host_config.HostConfig
    #: Those of other hosts may be among them.
    waivers: tuple[findings.Waiver, ...]
    #: Those in which nova-compute reads it.
    surroundings: search.Surroundings
    #: Whether what it is was chosen by neither root nor nova.
    is_strangers: bool = False
    #: What is known of the process, None where none was looked at.
    process: host_settings.Process | None = None
    #: '' if it is not known.
    nova_release: str = ''

    @property
    def settings(self) -> host_settings.ImageSettings:
        """What rules see of it."""
        return dataclasses.replace(
            host_settings.read(self.conf, self.conf.configuration),
            process=self.process,
            nova_release=self.nova_release,
        )


def load(options: argparse.Namespace) -> Host:
    """Load the configuration and the waivers of a host.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if anything cannot be read
    """
    surroundings = search.own_surroundings()
    is_strangers, of_process = False, None
    if options.running is None:
        conf = _load_named(options)
    else:
        from nova_cow_check.sources import running

        any_process = options.running == vocabulary.ANY_PROCESS
        choice = running.choose(None if any_process else options.running)
        process = choice.process
        is_strangers = not process.owner.is_known
        surroundings = running.surroundings(process)
        conf = running.load(process)
        of_process = running.known(process, conf, surroundings)
        files = ', '.join(file.path for file in conf.configuration.files)
        guard.say(
            _('read nova-compute, %(process)s: %(files)s')
            % {'process': process.title, 'files': files}
        )
        if choice.strangers:
            guard.say(
                _('not chosen, as of neither root nor nova: %s')
                % running.listed(choice.strangers)
            )
    if options.waivers is not None:
        accepted = waiver_file.read(options.waivers, search.own_surroundings())
    else:
        found = conf.configuration
        accepted = waiver_file.configured(conf, found, surroundings)
    return Host(
        options.host or socket.gethostname(),
        conf,
        accepted,
        surroundings,
        is_strangers,
        of_process and of_process.process,
        _release(options) or (of_process.nova_release if of_process else ''),
    )


def _release(options: argparse.Namespace) -> str:
    """Return the release of Nova that was given, '' if none was."""
    # Not all commands ask for it.
    return getattr(options, 'nova_release', None) or ''


def judge(
    on: Host, conf: host_config.HostConfig
) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
    """Judge a configuration of a host, its waivers applied."""
    image_settings = host_settings.read(conf, conf.configuration)
    accepted = findings.waivers_for_host(on.waivers, on.name)
    return image_settings, verdict.judge(image_settings, accepted)


def _load_named(options: argparse.Namespace) -> host_config.HostConfig:
    try:
        return host.load(options.places)
    except search.NothingFound as error:
        from nova_cow_check.sources import running

        processes = [one for one in running.find() if one.owner.is_known]
        advice = _('name the files of nova-compute with --config-file')
        if processes:
            advice = _('nova-compute is running here, add --running: %s')
            advice %= running.listed(processes)
        raise search.NothingFound(error.places, advice) from None
