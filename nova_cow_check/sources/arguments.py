# SPDX-License-Identifier: Apache-2.0

"""Configuration files and directories named on a command line."""

from __future__ import annotations

import argparse
import functools
from typing import NamedTuple, NoReturn

from nova_cow_check._i18n import _
from nova_cow_check import errors


class Place(NamedTuple):
    """A file or a directory named on a command line."""

    is_directory: bool
    path: str

    @property
    def flag(self) -> str:
        return '--config-dir' if self.is_directory else '--config-file'


class ArgumentsParser(argparse.ArgumentParser):
    """Raises UsageError where argparse would print and exit with 2.

    2 is the exit code of a failure verdict.
    """

    def error(self, message: str) -> NoReturn:
        raise errors.UsageError(message)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --config-file and --config-dir, collected in ``places``.

    That is a list, in the order in which they are given.
    """
    read_file = _(
        'read this file; may be given several times, a later one wins'
    )
    read_directory = _(
        'read *.conf in this directory; may be given several times, a later '
        'one wins'
    )
    for flag, is_directory, metavar, words in (
        ('--config-file', False, 'PATH', read_file),
        ('--config-dir', True, 'DIR', read_directory),
    ):
        parser.add_argument(
            flag,
            action='append',
            type=functools.partial(Place, is_directory),
            dest='places',
            default=[],
            metavar=metavar,
            help=words,
        )
