# SPDX-License-Identifier: Apache-2.0

"""nova-cow-status: Nova's nova-status, with the checks of plugins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import contextlib
import functools
from importlib import util
import io
import re
import sys
from typing import Any
import warnings

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import host

PROGRAM = 'nova-cow-status'


def main() -> int:
    """Run nova-cow-status.

    :returns: the exit code: 0 success, 1 warning, 2 failure, 255 no verdict
    """
    argv = sys.argv[1:]
    debug = not {'-d', '--debug'}.isdisjoint(argv)
    return guard.run(PROGRAM, functools.partial(_run, argv, debug), debug)


def _run(argv: Sequence[str], debug: bool) -> int:
    if not util.find_spec('nova'):
        raise errors.NoVerdict(
            _(
                'Nova is not installed for %s, and this command extends its '
                'nova-status; install nova-cow-check beside Nova, or '
                'nova-cow-check[nova] here, or run nova-cow-check, which '
                'needs no Nova'
            )
            % sys.executable
        )
    found = host.read_for_nova_status(arguments.given(argv))
    guard.set_up_logging(debug)
    if not debug:
        warnings.simplefilter('ignore')
    try:
        status = _started(argv, debug)
    except SystemExit:
        # Its help or its version has been printed.
        return 0
    category = status.CONF.category
    if category.name == 'version':
        version = status.version.version_string_with_package()
        print(printing.printable(version))
        return 0
    if category.name == 'bash-completion':
        status.cmd_common.print_bash_completion(status.CATEGORIES)
        return 0
    action, words, options = status.cmd_common.get_action_fn()
    if words:
        reason = _('unrecognized arguments: %s') % ' '.join(words)
        raise errors.UsageError(reason)
    host.require_all(found)
    code: int = action(**options)
    return code


def _started(argv: Sequence[str], debug: bool) -> Any:
    """Return the module nova.cmd.status, the command line parsed by it.

    :raises NoVerdict: if Nova, or argparse for it, cannot go on
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            status = _extended(debug)
            status.CONF.register_cli_opt(status.category_opt)
            status.config.parse_args([PROGRAM, *argv])
    except SystemExit as error:
        # oslo.config 9.2 ends with None when a value is invalid, with which
        # nova-status succeeds.
        if guard.is_end_of_help(error):
            raise
        raise _refusal(said.getvalue(), error.code) from error
    except ImportError as error:
        reason = _('Nova cannot be imported: %s') % error
        raise errors.NoVerdict(reason) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        reason = _(
            'Nova cannot work with this configuration: %s; --debug shows where'
        )
        if debug:
            reason = _('Nova cannot work with this configuration: %s')
        # Its message could quote the configuration.
        reason %= type(error).__name__
        raise errors.NoVerdict(reason) from error
    finally:
        if debug:
            guard.tell_lines(said.getvalue())
    return status


def _extended(debug: bool) -> Any:
    """Return the module nova.cmd.status with our command in it."""
    for name in ('find_config_files', 'find_config_dirs'):
        setattr(cfg, name, _for_nova_status(getattr(cfg, name)))
    # Before it, there must be no import of what eventlet is to patch.
    with guard.prints_of_others():
        from nova.cmd import status  # type: ignore[import-not-found]

    from nova_cow_check.cmd import guest_options
    from nova_cow_check.cmd import upgrade_check

    add_json = status.cmd_common.args(
        '--json',
        dest='as_json',
        action='store_true',
        help=_('print the results as JSON, as oslo.upgradecheck does'),
    )
    check = upgrade_check.StatusChecks.check
    add_json(check)
    guest_options.add(
        lambda flag, **more: status.cmd_common.args(flag, **more)(check)
    )
    bases = (upgrade_check.StatusChecks, status.UpgradeCommands)
    status.CATEGORIES['upgrade'] = type(
        'UpgradeCommands', bases, {'debug': debug}
    )
    return status


def _for_nova_status(
    find: Callable[..., list[str]],
) -> Callable[..., list[str]]:
    """Find the files of nova-status for a program with another name.

    oslo.config knows one name for both: what to read, and what to call the
    program in its help.
    """

    def find_for_nova_status(
        project: str | None = None, prog: str | None = None, *more: str
    ) -> list[str]:
        return find(project, host.NOVA_STATUS, *more)

    return find_for_nova_status


def _refusal(said: str, code: Any) -> errors.NoVerdict:
    """Return why the command line was refused.

    :param said: what was printed; with an option's value, which may come
        from a file, if the code is not argparse's
    """
    usage = re.search(r': error: (.*)', said, re.DOTALL)
    if usage and code == 2:
        return errors.UsageError(usage[1].rstrip('\n'))
    option = re.search(r'argument --(\w+): Invalid ', said)
    if option:
        return errors.ConfigurationError(
            _('the value of the option %s cannot be used') % option[1]
        )
    return errors.NoVerdict(_('Nova refuses to start; --debug shows why'))


if __name__ == '__main__':
    sys.exit(main())
