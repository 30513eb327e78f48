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


"""What a run found: the verdict on each host, and its exit code."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import datetime
import enum

from nova_cow_check import findings
from nova_cow_check import settings
from nova_cow_check import verdict
from nova_cow_check import waivers


class Result(enum.Enum):
    """The words for a verdict; those of every ``*-status upgrade check``."""

    SUCCESS = 'success'
    WARNING = 'warning'
    FAILURE = 'failure'


class FailOn(enum.Enum):
    """From which severity on a gate is to stop."""

    NOTE = 'note'
    WARNING = 'warning'
    FAILURE = 'failure'
    NEVER = 'never'

    def stops(self, worst: findings.Severity | None) -> bool:
        """Return whether the worst severity that counts is too bad."""
        if worst is None or self is FailOn.NEVER:
            return False
        return worst >= findings.Severity[self.name]


@dataclasses.dataclass(frozen=True)
class HostReport:
    """One host: its settings, and the verdict on them."""

    name: str
    image_settings: settings.ImageSettings
    rows: tuple[verdict.Row, ...]

    @property
    def found(self) -> Iterator[findings.Finding]:
        for row in self.rows:
            yield from row.found

    @property
    def rules(self) -> frozenset[str]:
        """Names of the rules that hold, waived or not."""
        return frozenset(finding.rule for finding in self.found)

    @property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        return _worst(row.worst for row in self.rows)


@dataclasses.dataclass(frozen=True)
class Report:
    """All hosts of one run."""

    hosts: tuple[HostReport, ...]
    #: Those that were read, whether they hold or not.
    waivers_read: tuple[waivers.Waiver, ...]
    fail_on: FailOn
    #: Version of nova-cow-check.
    version: str
    #: When it was made, with a time zone.
    created: datetime.datetime

    @property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        return _worst(host.worst for host in self.hosts)

    @property
    def exit_code(self) -> int:
        """0, or 1 or 2 as from ``upgrade check``, from `fail_on` on.

        Notes alone, which are a success there, give 1 if they are to stop
        a gate.
        """
        if not self.fail_on.stops(self.worst):
            return 0
        return 2 if self.worst is findings.Severity.FAILURE else 1

    @property
    def unused_waivers(self) -> tuple[waivers.Waiver, ...]:
        """The waivers that matched no finding of any host."""
        return waivers.unused(
            self.waivers_read, {host.name: host.rules for host in self.hosts}
        )


def result_of(worst: findings.Severity | None) -> Result:
    """Return the word for the worst severity that counts."""
    if worst is None or worst is findings.Severity.NOTE:
        return Result.SUCCESS
    return Result[worst.name]


def _worst(
    severities: Iterator[findings.Severity | None],
) -> findings.Severity | None:
    return max(
        (one for one in severities if one is not None),
        default=None,
    )
