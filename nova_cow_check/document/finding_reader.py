# SPDX-License-Identifier: Apache-2.0

"""What every finding of a report has: its rule, places, and its waiver."""

from __future__ import annotations

import datetime
import re

from nova_cow_check._i18n import _
from nova_cow_check.document import nodes
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.settings import parsing

SEVERITIES = writer.meanings(findings.Severity)

#: Kinds of places that have a name.
NAMED = frozenset({parsing.OriginKind.FILE, parsing.OriginKind.ENVIRONMENT})

#: No file that is read has more.
MOST_LINES = 16 * 1024**2

_KINDS_OF_PLACES = writer.meanings(parsing.OriginKind)

_DAY = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}')


def rule_of(finding: nodes.Node) -> rule.Rule:
    """Return the rule that holds.

    :raises ConfigurationError: if this release has none of that name
    """
    name = finding['rule'].words()
    if name not in registry.RULES:
        reason = _(
            'a report with a rule that this release does not know: a newer '
            'one made it'
        )
        raise errors.ConfigurationError(reason)
    return registry.RULES[name]


def place(node: nodes.Node) -> parsing.Origin:
    """Return a place.

    :raises ConfigurationError: if it is none
    """
    kind = node['kind'].one_of(_KINDS_OF_PLACES)
    name = node['name'].words_or_none() or ''
    if not name and kind in NAMED:
        node['name'].fail(_('it is missing'))
    line = node['line'].number_or_none(MOST_LINES) or 0
    return parsing.Origin(kind, name, line)


def waiver(
    finding: nodes.Node, today: datetime.date, guests: tuple[str, ...] = ()
) -> findings.Waiver | None:
    """Return the waiver of a finding, for whatever the host is called.

    :param today: a waiver whose last day is before this one has expired
    :param guests: the UUID of the guest that the finding is about
    :returns: None if there is none
    :raises ConfigurationError: if it is one of something else
    """
    node = finding['waiver']
    if node.value is None:
        return None
    name = node['rule'].words()
    if name != finding['rule'].words():
        node['rule'].fail(_('it is not the rule of the finding'))
    if guests and [one.words() for one in node['guests'].items()] != [*guests]:
        node['guests'].fail(_('it is not the guest of the finding'))
    expires = _day(node['expires'])
    return findings.Waiver(
        name,
        hosts=(),
        reason=node['reason'].words(),
        expires=expires,
        is_expired=expires is not None and expires < today,
        origin=place(node['place']),
        guests=guests,
    )


def _day(node: nodes.Node) -> datetime.date | None:
    day = node.words_or_none()
    if day is None:
        return None
    if _DAY.fullmatch(day):
        try:
            return datetime.date.fromisoformat(day)
        except ValueError:
            pass
    node.fail(_('it is not a date such as 2027-01-31'))
