# SPDX-License-Identifier: Apache-2.0

"""Configuration files and directories named on a command line."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple, NoReturn

from nova_cow_check._i18n import _
from nova_cow_check import errors


class Place(NamedTuple):
    """A file or a directory named on a command line."""

    is_directory: bool
    path: str


class ArgumentsParser(argparse.ArgumentParser):
    """Raises UsageError where argparse would print and exit with 2.

    2 is the exit code of a failure verdict.
    """

    def error(self, message: str) -> NoReturn:
        raise errors.UsageError(message)


class _AppendPlace(argparse.Action):
    """Keeps files and directories in the order in which they are named."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        places = getattr(namespace, self.dest) or ()
        place = Place(self.const, values)
        setattr(namespace, self.dest, (*places, place))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --config-file and --config-dir, collected in ``places``."""
    for flag, is_directory, metavar, text in (
        ('--config-file', False, 'PATH', _('read this file')),
        ('--config-dir', True, 'DIR', _('read *.conf in this directory')),
    ):
        parser.add_argument(
            flag,
            action=_AppendPlace,
            const=is_directory,
            dest='places',
            default=(),
            metavar=metavar,
            help=text + _('; may be given several times, a later one wins'),
        )
