# SPDX-License-Identifier: Apache-2.0

"""``rules``: the catalogue of the rules, and the page of one."""

from __future__ import annotations

import argparse
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.rules import registry

#: Fits a terminal of 80 columns.
_WIDTH = 79


def run(options: argparse.Namespace) -> int:
    """Print all rules, or the page of one, and return the exit code.

    :raises UsageError: as `require` does
    """
    print(listing() if options.rule is None else page(options.rule), end='')
    return 0


def listing() -> str:
    """Return name, severity and summary of every rule.

    The text ends with a line break, as that of a page does.
    """
    first_columns = [
        (one.name, one.severity.name.lower())
        for one in registry.RULES.values()
    ]
    widths = [max(map(len, column)) for column in zip(*first_columns)]
    lines = []
    for name, severity in first_columns:
        start = f'{name:{widths[0]}}  {severity:{widths[1]}}  '
        lines += textwrap.wrap(
            registry.page(name).summary,
            _WIDTH,
            initial_indent=start,
            subsequent_indent=' ' * len(start),
            break_on_hyphens=False,
        )
    hint = _('%s rules NAME shows the page of a rule.') % vocabulary.PROGRAM
    return '\n'.join([*lines, '', hint, ''])


def page(name: str) -> str:
    """Return the page of a rule, as it is in the documentation.

    :raises UsageError: as `require` does
    """
    require(name)
    return registry.page(name).text


def require(name: str) -> None:
    """Refuse what is not the name of a rule.

    :raises UsageError: if there is no rule of that name; the message names
        those that could be meant
    """
    if name in registry.RULES:
        return
    raise errors.did_you_mean(
        _('no rule is called "%s"') % printing.value_as_shown(name),
        errors.similar(name, registry.RULES),
        _('%s rules lists all') % vocabulary.PROGRAM,
    )
