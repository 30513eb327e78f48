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

"""nova-cow-check: the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import contextlib
import gc
import io
import logging
import os
import sys
import traceback
from typing import TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.cmd import command_line
from nova_cow_check import errors
from nova_cow_check.sources import arguments
from nova_cow_check import text

if TYPE_CHECKING:
    from nova_cow_check import configuration

#: No verdict was given. 0, 1 and 2 are verdicts, in every *-status command.
NO_VERDICT = 255


def main(argv: Sequence[str] | None = None) -> int:
    """Run nova-cow-check.

    :param argv: the command line's, without the program's name
    :returns: the exit code: 0 success, 1 warning, 2 failure, 255 no verdict
    """
    if argv is None:
        argv = sys.argv[1:]
    _never_fail_to_encode()
    # The modules that are imported are no garbage, and looking for some
    # among them takes a tenth of the start-up.
    gc.disable()
    debug = '--debug' in argv
    try:
        code = _upgrade_check(command_line.parse(argv))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except errors.UsageError as error:
        reason = _('%(error)s; see %(program)s --help') % {
            'error': error,
            'program': command_line.PROGRAM,
        }
        return _no_verdict(reason, debug)
    except errors.NoVerdict as error:
        return _no_verdict(str(error), debug)
    except KeyboardInterrupt:
        return _no_verdict(_('interrupted'), debug)
    except BrokenPipeError:
        # Who reads no further wants no message either.
        _discard_output()
        return NO_VERDICT
    except OSError as error:
        _discard_output()
        reason = _('cannot write the report: %s') % error.strerror
        return _no_verdict(reason, debug)
    except Exception as error:
        # Its message could quote the configuration.
        reason = _('internal error: %s') % type(error).__name__
        if not debug:
            reason += _('; --debug shows where')
        return _no_verdict(reason, debug)
    finally:
        gc.enable()


def _no_verdict(reason: str, debug: bool) -> int:
    """Say why there is no verdict on the exception being handled."""
    if debug:
        traceback.print_exc()
    _say(reason)
    return NO_VERDICT


def _upgrade_check(options: argparse.Namespace) -> int:
    # oslo.config and its friends take most of the start-up: no command
    # line that is wrong, and no --help, has to wait for them.
    from nova_cow_check.cmd import upgrade
    from nova_cow_check import plugins

    # What libraries log could quote the configuration.
    logging.basicConfig(
        handlers=None if options.debug else [logging.NullHandler()]
    )
    if options.running is None:
        conf = _load(options.places)
    else:
        conf = _load_running(options.running)
    # A module can print when it is imported; this output is the report's.
    with contextlib.redirect_stdout(sys.stderr):
        checks = plugins.load()
    gc.enable()
    commands = upgrade.Commands(conf, checks, options.debug)
    return commands.check_json() if options.json else commands.check()


def _load(named: Sequence[arguments.Place]) -> configuration.HostConfig:
    from nova_cow_check.sources import host
    from nova_cow_check.sources import places

    try:
        return host.load(named)
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


def _load_running(process_id: int) -> configuration.HostConfig:
    from nova_cow_check.sources import running

    any_process = process_id == command_line.ANY_PROCESS
    process = running.choose(None if any_process else process_id)
    conf = running.load(process)
    files = ', '.join(file.path for file in conf.configuration.files)
    _say(
        _('read nova-compute, process %(pid)d: %(files)s')
        % {'pid': process.pid, 'files': files}
    )
    return conf


def _say(message: str) -> None:
    """Print one line on standard error."""
    if sys.stderr is not None:
        print(
            f'{command_line.PROGRAM}: {text.printable(message)}',
            file=sys.stderr,
        )


def _never_fail_to_encode() -> None:
    """Escape what the encoding of a stream has no character for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='backslashreplace')


def _discard_output() -> None:
    """Keep Python from writing the rest of the output when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
