# SPDX-License-Identifier: Apache-2.0

"""--output: the reports that are asked for, and the names of formats."""

from __future__ import annotations

from collections.abc import Sequence
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.sources import arguments

#: End of a file's name -> the format, where it is not called by it.
SUFFIXES = {'htm': 'html', 'txt': 'text', 'xml': 'junit', 'yml': 'yaml'}


class Output(NamedTuple):
    """A report that is asked for."""

    format: str
    #: None for standard output.
    path: str | None


def add(parser: arguments.ArgumentsParser) -> None:
    """Add --output."""
    output = parser.add_argument(
        '--output',
        action='append',
        dest='outputs',
        type=_output,
        metavar='FORMAT[:FILE]',
    )
    # Not before: as an argument, Python 3.14 would look the formats up.
    output.help = _(
        'text (the default), %(formats)s; may be given several times'
    )
    vars(output)['formats'] = _Formats()


def require_different_places(asked: Sequence[Output]) -> None:
    """Refuse two reports that would be written into each other.

    :raises UsageError: if there are two
    """
    paths = [one.path and os.path.realpath(one.path) for one in asked]
    for one, path in zip(asked, paths):
        if paths.count(path) > 1:
            if not one.path:
                reason = _('more than one --output to standard output')
                raise errors.UsageError(reason)
            raise errors.UsageError(
                _('more than one --output to %s') % one.path
            )


def installed_formats() -> list[str]:
    """Return the names of all formats, those of other projects too.

    It reads what is installed, which takes as long as a check.
    """
    from importlib import metadata

    found = {
        entry_point.name
        for distribution in metadata.distributions()
        for entry_point in distribution.entry_points
        if entry_point.group == vocabulary.FORMATS
    }
    return sorted(found)


def _output(words: str) -> Output:
    """Parse ``FORMAT[:FILE]``; the file ``-`` is standard output."""
    name, colon, path = words.partition(':')
    if not name or (colon and not path):
        raise errors.UsageError(
            _('not FORMAT or FORMAT:FILE: %s') % printing.printable(words)
        )
    if not colon and '.' in name:
        _require_no_file(name)
    if path:
        from nova_cow_check.replacing import outputs

        if outputs.descriptor(path) != 1:
            return Output(name, path)
    return Output(name, None)


def _require_no_file(word: str) -> None:
    """Refuse the name of a file in place of a format's.

    :raises UsageError: if it ends as files of a format do, and no format is
        called so
    """
    suffix = word.lower().rpartition('.')[2]
    suffix = SUFFIXES.get(suffix, suffix)
    formats = installed_formats()
    if suffix in formats and word not in formats:
        shown = printing.value_as_shown(word)
        raise errors.did_you_mean(
            _('no format is called "%s"') % shown, [f'{suffix}:{shown}']
        )


class _Formats:
    """The names of the formats, looked up only where help shows them."""

    def __str__(self) -> str:
        names = [one for one in installed_formats() if one != 'text']
        return ', '.join(map(printing.printable, names))
