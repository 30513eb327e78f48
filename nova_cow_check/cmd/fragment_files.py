# SPDX-License-Identifier: Apache-2.0

"""The parts of a nova.conf that a command line asks for."""

from __future__ import annotations

import argparse

from nova_cow_check.cmd import collected_hosts
from nova_cow_check import errors
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import fragment_source
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file


def load(options: argparse.Namespace) -> collected_hosts.Fleet:
    """Read fragments, each of which is judged by itself.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if one of them is not there
    """
    accepted: tuple[findings.Waiver, ...] = ()
    if options.waivers is not None:
        accepted = waiver_file.read(options.waivers, search.own_surroundings())
    paths = [*dict.fromkeys(options.paths)]
    for path in paths:
        fragment_source.require_file(path)
    read = []
    for path in collected_hosts.with_progress(paths, len(paths)):
        source = report.Source(report.SourceKind.FRAGMENT, path)
        read.append(
            report.ReadHost(
                path,
                host_settings.with_release(
                    _known(source), options.nova_release or ''
                ),
                findings.waivers_for_host(accepted, path),
                source,
            )
        )
    return collected_hosts.Fleet(fleet.compare(read, ()), accepted)


def _known(source: report.Source) -> host_settings.Known:
    """Return what is known of a fragment, whatever is raised meanwhile."""
    try:
        with errors.contained():
            return fragment_source.read(source)
    except errors.Unexpected as error:
        return host_settings.Unreadable(str(error))
