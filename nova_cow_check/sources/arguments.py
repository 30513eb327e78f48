# SPDX-License-Identifier: Apache-2.0

"""Configuration files and directories named on a command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import functools
from typing import NamedTuple, NoReturn

from nova_cow_check._i18n import _
from nova_cow_check import errors


class Place(NamedTuple):
    """A file or a directory named on a command line."""

    is_directory: bool
    path: str
    #: Whether it is read beside the defaults, not in place of them.
    keeps_defaults: bool = False

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


def given(words: Sequence[str]) -> tuple[Place, ...]:
    """Return the places that a program's words give to oslo.config.

    argparse takes an abbreviation for the flag. oslo.config looks for the
    whole flag among the words before it leaves the defaults out.

    :param words: what follows the program's name; most are other options
    :raises UsageError: if a flag has no value, or could be either

    Source: oslo_config/cfg.py, ConfigOpts._parse_config_files.
    """
    parser = ArgumentsParser(add_help=False)
    add_arguments(parser)
    known, _others = parser.parse_known_args(words)
    # An equals sign can stand behind the flag.
    flags = {word.partition('=')[0] for word in words}
    return tuple(
        one._replace(keeps_defaults=one.flag not in flags)
        for one in known.places
    )


def not_empty(word: str) -> str:
    """Return a value of an option, unless a shell made it of nothing.

    :raises ArgumentTypeError: if it is empty
    """
    if not word:
        raise argparse.ArgumentTypeError(_('it is empty'))
    return word
