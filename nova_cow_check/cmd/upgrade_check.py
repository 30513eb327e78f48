# SPDX-License-Identifier: Apache-2.0

"""``upgrade check``: the table and the JSON form of the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import json
import sys
import textwrap
from typing import Any

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
import prettytable

from nova_cow_check import _i18n
from nova_cow_check._i18n import _
from nova_cow_check import checks
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import screen
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import host
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file

_Results = Sequence[tuple[str, upgradecheck.Result]]

#: Columns that the table has beside the details; at 80 columns, settings to
#: write are shorter than what is left.
_BESIDE = 14


class Report(upgradecheck.UpgradeCommands):
    """Runs all checks, even if some raise, and prints either form.

    In a list of bases it stands before the class that has the checks.
    """

    #: Show the traceback of a check that raises.
    debug = False
    #: One of `vocabulary.COLOURS`.
    colour = vocabulary.AUTO
    #: What our checks find out by themselves, if it is None.
    host_name: str | None = None
    waivers: Sequence[findings.Waiver] | None = None
    #: What nothing tells but a command line, and a process.
    process: host_settings.Process | None = None
    nova_release = ''

    def check(self, as_json: bool = False) -> upgradecheck.Code:
        """Run the checks and print their results.

        :param as_json: in oslo.upgradecheck's JSON form; its own way to
            that form is a module-global ConfigOpts
        """
        results = [
            (printing.printable(str(name)), _printable(_result(check, self)))
            for name, check in self._upgrade_checks
        ]
        title = printing.printable(str(self.display_title))
        if as_json:
            print(_draw_json(title, results))
        else:
            surface = screen.of(sys.stdout, self.colour)
            print(_draw_table(title, results, surface))
            if surface.is_terminal:
                self._show_what_to_write(surface)
        return max(
            (result.code for _name, result in results),
            default=upgradecheck.Code.SUCCESS,
        )

    def _show_what_to_write(self, surface: screen.Surface) -> None:
        """Show settings that can be copied: a table has borders."""
        from nova_cow_check.formats import pasteable

        try:
            with guard.prints_of_others(errors_too=True), errors.contained():
                known, found = checks.judged(self)
        except errors.NoVerdict:
            # The checks have told why there is nothing to write.
            return
        lines = pasteable.lines(found, known)
        if lines:
            heading = surface.bold(_('To write, ready to copy:'))
            print('', heading, '', *lines, sep='\n')


class Commands(Report):
    """Runs the checks of plugins on the configuration of one host.

    :param conf: what the checks read; they find it here
    :param checks: pairs of a name and a check
    :param debug: show the traceback of a check that raises
    """

    def __init__(
        self,
        conf: cfg.ConfigOpts,
        checks: Iterable[checks.NamedCheck],
        debug: bool = False,
    ) -> None:
        self.conf = conf
        self.debug = debug
        self._upgrade_checks = tuple(checks)


class StatusChecks(Report):
    """Runs Nova's checks and those of plugins after them.

    In a list of bases it stands before nova.cmd.status.UpgradeCommands.
    Nova makes a command of each public method, so there is only one, and
    the checks find oslo.config's global ConfigOpts, which is Nova's.
    """

    def check(
        self,
        as_json: bool = False,
        guests: bool = False,
        instances_path: str | None = None,
        domains: str | None = None,
    ) -> upgradecheck.Code:
        """Run the checks and print their results.

        :param as_json: in oslo.upgradecheck's JSON form
        :param guests: look at those that exist here, too
        :param instances_path: in place of Nova's
        :param domains: in place of libvirt's own directory
        :raises ConfigurationError: if the waivers cannot be read
        :raises UsageError: if places are named, and guests not asked for
        """
        if as_json:
            _i18n.speak_english()
        look = None
        if guests:
            # Nothing of guests is loaded where nobody asks.
            from nova_cow_check.cmd import guest_audit

            look = guest_audit.Wanted(instances_path, domains).look
        elif instances_path is not None or domains is not None:
            raise errors.UsageError(
                _('--instances-path and --domains go with --guests')
            )
        self.waivers = waiver_file.configured(
            cfg.CONF,
            host.configuration_of(cfg.CONF),
            search.own_surroundings(),
        )
        # A module can print when it is imported.
        with guard.prints_of_others(errors_too=True):
            added = checks.load(look)
        self._upgrade_checks = (*type(self)._upgrade_checks, *added)
        return super().check(as_json)


def _printable(result: upgradecheck.Result) -> upgradecheck.Result:
    """Return a result with details that do no harm in any form."""
    details = result.details
    if details:
        details = printing.printable_lines(str(details))
    return upgradecheck.Result(result.code, details)


def _draw_table(title: str, results: _Results, surface: screen.Surface) -> str:
    """Return the table of oslo.upgradecheck, a cell per result.

    Its own drawing folds the lines of the details.
    """
    cells = [surface.bold(title)]
    for name, result in results:
        cell = _('Check: %(name)s\nResult: %(result)s\nDetails: %(details)s')
        word = upgradecheck.UPGRADE_CHECK_MSG_MAP[result.code]
        details = _wrapped(str(result.details), surface.width - _BESIDE)
        cell %= {
            'name': surface.bold(name),
            'result': surface.marked(word, result.code),
            'details': '\n'.join(details),
        }
        # Old releases of prettytable count a tab as a column.
        cells.append(cell.expandtabs())
    # Older releases have the styles in the module itself.
    styles = getattr(prettytable, 'HRuleStyle', prettytable)
    table = prettytable.PrettyTable(cells[:1], hrules=styles.ALL)
    table.align = 'l'
    for cell in cells[1:]:
        table.add_row([cell])
    return str(table)


def _wrapped(details: str, width: int) -> Iterator[str]:
    """Wrap each line, and keep the line breaks that there are."""
    for line in details.split('\n'):
        yield from (
            textwrap.wrap(
                line, width, break_long_words=False, break_on_hyphens=False
            )
            or ['']
        )


def _draw_json(title: str, results: _Results) -> str:
    rows = [
        {
            'check': name,
            'result': result.code,
            'details': result.details,
        }
        for name, result in results
    ]
    return json.dumps({'name': title, 'checks': rows})


def _result(check: Any, command: Report) -> upgradecheck.Result:
    """Run a check; its failure to run is a result, too.

    What it prints goes to standard error: standard output is the report's.

    :param check: a function, or a pair of it and its arguments
    """
    try:
        return _result_of(check, command)
    except KeyboardInterrupt:
        raise
    except errors.NoVerdict as error:
        details = _('This check could not run: %s.')
        details %= printing.printable(str(error))
    except BaseException as error:
        # GreenletExit and eventlet's Timeout are no Exception.
        details = _('This check could not run: %s; --debug shows where.')
        if command.debug:
            details = _('This check could not run: %s.')
            guard.tell_traceback()
        # Its message could quote the configuration.
        details %= type(error).__name__
    return upgradecheck.Result(upgradecheck.Code.FAILURE, details)


def _result_of(check: Any, command: Report) -> upgradecheck.Result:
    """Return what a check gives, with nothing in it that could raise."""
    function, arguments = check if isinstance(check, tuple) else (check, {})
    with guard.prints_of_others(errors_too=True):
        result = function(command, **arguments)
        details = result.details and str(result.details)
    return upgradecheck.Result(upgradecheck.Code(result.code), details)
