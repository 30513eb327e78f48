# SPDX-License-Identifier: Apache-2.0

"""Which findings become results of SARIF, where there are too many.

GitHub shows 5,000 results of a run and takes no file with more than 1,000
locations in a result: https://docs.github.com/en/code-security/reference/
code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
"""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check import printing
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule

#: Results of a run.
MOST_RESULTS = 5_000

#: Locations of a result: one for each host.
MOST_LOCATIONS = 1_000

#: Words for names in a message.
_MOST_WORDS = 8


class Held(NamedTuple):
    """A finding, on a host that it holds on."""

    host: report.HostReport
    finding: findings.Finding


class Chosen(NamedTuple):
    """What becomes one result."""

    check: rule.Check
    #: At least one; the result says what is said of the first.
    held: tuple[Held, ...]

    @property
    def finding(self) -> findings.Finding:
        """What stands for all of them."""
        return self.held[0].finding


class Choice(NamedTuple):
    """What of a report is told."""

    #: In the order of the hosts.
    shown: Sequence[Chosen]
    #: How many findings there are, each on one host.
    findings: int
    #: Results that are left out.
    left_out: Sequence[Chosen]
    #: Whether hosts that are alike are one result.
    are_together: bool


def of(whole: report.Report, most: int = MOST_RESULTS) -> Choice:
    """Return a result for each finding, or as many of them as are taken.

    If there are too many, those of hosts that are alike are one. If there
    still are, what counts least and is on the fewest hosts is left out.

    :param most: how many results there may be
    """
    number = sum(len(row.found) for host in whole.hosts for row in host.rows)
    if number <= most:
        return Choice([*_one_by_one(whole)], number, (), False)
    together = [*_together(whole)]
    # The first of what is equally bad stays: the same with each run.
    ranks = sorted(range(len(together)), key=lambda at: _rank(together[at]))
    kept = set(ranks[:most])
    return Choice(
        [one for at, one in enumerate(together) if at in kept],
        number,
        [one for at, one in enumerate(together) if at not in kept],
        True,
    )


def told(choice: Choice) -> str:
    """Return what was done to have few enough results, '' if nothing was."""
    if not choice.are_together:
        return ''
    words = _(
        'SARIF: %(findings)d findings are more than the %(most)d results that '
        'code scanning shows: those of hosts that are alike are one result.'
    ) % {'findings': choice.findings, 'most': MOST_RESULTS}
    if not choice.left_out:
        return words
    counted = collections.Counter(
        one.finding.severity if one.finding.counts else None
        for one in choice.left_out
    )
    return f'{words} ' + _(
        'Results left out: failures: %(failures)d, warnings: %(warnings)d, '
        'notes: %(notes)d, waived: %(waived)d. --output json has all of them.'
    ) % {
        'failures': counted[findings.Severity.FAILURE],
        'warnings': counted[findings.Severity.WARNING],
        'notes': counted[findings.Severity.NOTE],
        'waived': counted[None],
    }


def hosts(chosen: Chosen) -> str:
    """Return a sentence with the hosts of a result, '' if it is one host."""
    if len(chosen.held) == 1:
        return ''
    words = [*host_names.folded(one.host.name for one in chosen.held)]
    names = ', '.join(
        printing.printable(one.notation) for one in words[:_MOST_WORDS]
    )
    if words[_MOST_WORDS:]:
        return _('The same holds on %(hosts)d hosts, such as %(names)s.') % {
            'hosts': len(chosen.held),
            'names': names,
        }
    return _('The same holds on %(hosts)d hosts: %(names)s.') % {
        'hosts': len(chosen.held),
        'names': names,
    }


def _rank(chosen: Chosen) -> tuple[bool, bool, int, int]:
    counts, is_unsafe, severity = chosen.finding.urgency
    return not counts, not is_unsafe, -severity, -len(chosen.held)


def _one_by_one(whole: report.Report) -> Iterator[Chosen]:
    for host in whole.hosts:
        for row in host.rows:
            for finding in row.found:
                yield Chosen(row.check, (Held(host, finding),))


def _together(whole: report.Report) -> Iterator[Chosen]:
    """Yield those of hosts that are alike as one, but for guests."""
    for alike in fleet.alike(whole.hosts):
        checks = {
            finding.rule: row.check
            for row in alike.example.rows
            for finding in row.found
        }
        # Those of hosts that are alike stand in one order.
        columns = zip(
            *(
                [Held(host, one) for one in host.found if one.guest is None]
                for host in alike.hosts
            )
        )
        for held in columns:
            check = checks[held[0].finding.rule]
            for start in range(0, len(held), MOST_LOCATIONS):
                yield Chosen(check, held[start : start + MOST_LOCATIONS])
        for host in alike.hosts:
            for one in host.found:
                if one.guest is not None:
                    yield Chosen(checks[one.rule], (Held(host, one),))
