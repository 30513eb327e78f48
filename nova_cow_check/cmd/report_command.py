# SPDX-License-Identifier: Apache-2.0

"""nova-cow-check report: one verdict, in as many formats as are asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
import datetime
import shutil
import sys
import tempfile
from typing import IO, TYPE_CHECKING

import nova_cow_check
from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import screen
from nova_cow_check.cmd import this_host
from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check.replacing import outputs
from nova_cow_check.reports import report
from nova_cow_check.rules import findings

if TYPE_CHECKING:
    from nova_cow_check.reports import changes

#: Bytes of standard output; what is more waits in a file.
_IN_MEMORY = 1024 * 1024


def run(options: argparse.Namespace) -> int:
    """Report on this host, or collected ones, and return the exit code.

    Files are written first: who reads standard output may stop reading.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if anything cannot be read, or a file not written
    """
    terminal = _appearance(screen.of(sys.stdout, options.color))
    in_files = _appearance(screen.of_file(options.color))
    with tempfile.SpooledTemporaryFile(
        _IN_MEMORY, 'w+', encoding='utf-8', errors='surrogatepass', newline=''
    ) as printed:
        # A format can print when it is imported, and when it runs.
        with guard.prints_of_others():
            formats = {one: _format(one.format) for one in options.outputs}
            whole = _report(options)
            files = {}
            for one, render in formats.items():
                if one.path is None:
                    # Whole before any of it is printed: it can fail.
                    _keep(
                        _pieces(one.format, render, whole, terminal), printed
                    )
                else:
                    files[one.path] = _pieces(
                        one.format, render, whole, in_files
                    )
            outputs.write(files)
            if any(one.format == 'sarif' for one in formats):
                _tell_what_sarif_holds(whole)
        printed.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(printed, sys.stdout)
    return whole.exit_code


def _tell_what_sarif_holds(whole: report.Report) -> None:
    """Say where findings had to be put together, or left out."""
    from nova_cow_check.formats import sarif_choice

    if words := sarif_choice.told(sarif_choice.of(whole)):
        guard.say(words)


def _keep(pieces: Iterable[str], kept: IO[str]) -> None:
    """Write what is to be printed later.

    :raises NoVerdict: if there is no room for it
    """
    for piece in pieces:
        try:
            # Each by itself: together, they would all be held in memory.
            kept.write(piece)
        except OSError as error:
            raise errors.NoVerdict(
                _('cannot keep the report in a temporary file: %s')
                % error.strerror
            ) from None


def _format(name: str) -> interface.Format:
    try:
        return interface.load(name)
    except (errors.NoVerdict, KeyboardInterrupt):
        raise
    except BaseException as error:
        # stevedore lets some pass.
        raise interface.FormatNotUsable(name, error) from error


def _pieces(
    name: str,
    render: interface.Format,
    whole: report.Report,
    appearance: interface.Appearance,
) -> Iterator[str]:
    """Yield the pieces of a report; a format is another project's code.

    :raises NoVerdict: if it fails, or ends the program
    """
    pieces = _made(render, whole, appearance)
    while True:
        try:
            piece = next(pieces, None)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # Its message could quote the configuration.
            why = {'name': name, 'reason': type(error).__name__}
            words = _(
                'the format %(name)s failed: %(reason)s; --debug shows where'
            )
            raise errors.NoVerdict(words % why) from error
        if piece is None:
            return
        # Not in the try: who reads no further raises here.
        yield piece


def _made(
    render: interface.Format,
    whole: report.Report,
    appearance: interface.Appearance,
) -> Iterator[str]:
    for piece in render(whole, appearance):
        if not isinstance(piece, str):
            raise TypeError(type(piece))
        yield piece


def _report(options: argparse.Namespace) -> report.Report:
    if options.fragment:
        from nova_cow_check.cmd import fragment_files

        hosts, accepted, compared, _before = fragment_files.load(options)
    elif options.paths:
        from nova_cow_check.cmd import collected_hosts

        found = collected_hosts.load(options)
        hosts, accepted, compared = found.hosts, found.waivers, found.compared
        if compared is None and found.compared_before:
            guard.say(
                _(
                    '%s: made with --compare; give --compare again to show '
                    'what became of its hosts'
                )
                % collected_hosts.named(found.compared_before)
            )
    else:
        host, accepted, compared = _this_host(options)
        hosts = (host,)
    return report.Report(
        hosts=hosts,
        waivers_read=accepted,
        fail_on=report.FailOn(options.fail_on),
        version=nova_cow_check.__version__,
        created=datetime.datetime.now().astimezone(),
        is_fleet=bool(options.paths),
        compared=compared,
    )


def _this_host(
    options: argparse.Namespace,
) -> tuple[
    report.HostReport, tuple[findings.Waiver, ...], changes.Changes | None
]:
    """Return the verdict on this host, its waivers, and what became of it."""
    host = this_host.load(options)
    known = host.settings
    applied = findings.waivers_for_host(host.waivers, host.name)
    earlier = None
    if options.compare:
        from nova_cow_check.cmd import compared_hosts

        earlier = compared_hosts.Comparison(options, host.waivers, host.name)
    guests = None
    if options.guests:
        # Nothing of guests is loaded where nobody asks.
        from nova_cow_check.cmd import guest_audit

        wanted = guest_audit.wanted(options, host)
        guests = wanted.look(host.conf, known, applied)
    read = report.ReadHost(host.name, known, applied, guests=guests)
    if earlier is None:
        return report.judge(read), host.waivers, None
    judged, compared = earlier.of_host(read)
    return judged, host.waivers, compared


def _appearance(surface: screen.Surface) -> interface.Appearance:
    return interface.Appearance(surface.width, surface.has_colour)
