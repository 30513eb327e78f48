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

"""``upgrade check``: the table and the JSON form of the results."""

from __future__ import annotations

from collections.abc import Iterable
import contextlib
import json
import sys
import traceback
from typing import Any

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from nova_cow_check._i18n import _
from nova_cow_check.cmd import table
from nova_cow_check import errors
from nova_cow_check import plugins
from nova_cow_check import text


class Commands(upgradecheck.UpgradeCommands):
    """Runs the checks of plugins on the configuration of one host.

    :param conf: what the checks read; they find it here
    :param checks: pairs of a name and a check
    :param debug: show the traceback of a check that raises
    """

    def __init__(
        self,
        conf: cfg.ConfigOpts,
        checks: Iterable[plugins.NamedCheck],
        debug: bool = False,
    ) -> None:
        self.conf = conf
        self._guarded = tuple(
            (name, _Guarded(check, debug)) for name, check in checks
        )
        self._upgrade_checks = self._guarded

    def check(self) -> upgradecheck.Code:
        """Run the checks and print the table of their results."""
        results = self._results()
        print(table.draw(str(self.display_title), results))
        return _worst(results)

    def check_json(self) -> upgradecheck.Code:
        """Run the checks and print oslo.upgradecheck's JSON form.

        Its own way to that form is a module-global ConfigOpts.
        """
        results = self._results()
        rows = [
            {
                'check': name,
                'result': result.code,
                'details': result.details and str(result.details),
            }
            for name, result in results
        ]
        print(json.dumps({'name': str(self.display_title), 'checks': rows}))
        return _worst(results)

    def _results(self) -> list[tuple[str, upgradecheck.Result]]:
        return [(name, check(self)) for name, check in self._guarded]


def _worst(
    results: Iterable[tuple[str, upgradecheck.Result]],
) -> upgradecheck.Code:
    return max(
        (result.code for _name, result in results),
        default=upgradecheck.Code.SUCCESS,
    )


class _Guarded:
    """A check whose failure to run is its result.

    What it prints goes to standard error: standard output is the report's.
    """

    def __init__(self, check: Any, debug: bool) -> None:
        self._debug = debug
        self._check, self._arguments = (
            check if isinstance(check, tuple) else (check, {})
        )

    def __call__(
        self, command: upgradecheck.UpgradeCommands
    ) -> upgradecheck.Result:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                result = self._check(command, **self._arguments)
            code = upgradecheck.Code(result.code)
            return upgradecheck.Result(code, result.details)
        except errors.NoVerdict as error:
            reason = text.printable(str(error))
        except (Exception, SystemExit) as error:
            # Its message could quote the configuration.
            reason = type(error).__name__
            if self._debug:
                traceback.print_exc()
            else:
                reason += _('; --debug shows where')
        return upgradecheck.Result(
            upgradecheck.Code.FAILURE,
            _('This check could not run: %s.') % reason,
        )
