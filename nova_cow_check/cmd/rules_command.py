# SPDX-License-Identifier: Apache-2.0

"""``rules``: the catalogue of the rules, and the page of one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import sys
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check.cmd import screen
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule

#: Columns for a summary beside the name of its rule, at least.
_LEAST = 36


def run(options: argparse.Namespace) -> int:
    """Print all rules, or the page of one, and return the exit code.

    :raises UsageError: as `require` does
    """
    surface = screen.of(sys.stdout, options.color)
    if options.rule is None:
        print(listing(surface), end='')
    else:
        print(page(options.rule, surface), end='')
    return 0


def listing(surface: screen.Surface = screen.Surface()) -> str:
    """Return name, severity and summary of every rule.

    The text ends with a line break, as that of a page does.
    """
    every = tuple(registry.RULES.values())
    widths = (
        max(len(one.name) for one in every),
        max(len(one.severity.name) for one in every),
    )
    lines = [line for one in every for line in _row(one, widths, surface)]
    hint = _('%s rules NAME shows the page of a rule.') % vocabulary.PROGRAM
    hints = textwrap.wrap(hint, surface.width - 1)
    return '\n'.join([*lines, '', *hints, ''])


def _row(
    one: rule.Rule, widths: tuple[int, int], surface: screen.Surface
) -> Iterator[str]:
    """Yield the lines about a rule.

    :param widths: columns for the names and the severities of all rules
    """
    name, severity = one.name, one.severity.name.lower()
    plain = f'{name:{widths[0]}}  {severity:{widths[1]}}  '
    start = plain.replace(name, surface.bold(name), 1).replace(
        f'  {severity}', f'  {surface.marked(severity, one.severity)}', 1
    )
    indent = ' ' * len(plain)
    is_narrow = len(plain) + _LEAST > surface.width
    if is_narrow:
        # The summary is below, and not beside it.
        yield start.rstrip()
        indent = '  '
    first, *others = textwrap.wrap(
        registry.page(name).summary,
        surface.width - 1,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    yield first if is_narrow else start + first[len(indent) :]
    yield from others


def page(name: str, surface: screen.Surface = screen.Surface()) -> str:
    """Return the page of a rule: for programs, as the documentation has it.

    :raises UsageError: as `require` does
    """
    require(name)
    text = registry.page(name).text
    if surface.is_plain:
        return text
    # Only for a person.
    from nova_cow_check.formats import page_text

    return '\n'.join([*page_text.of(text, surface.screen), ''])


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
