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

"""The verdict on one host: the rows of the upgrade check."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import functools

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import behaviour
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check import settings
from nova_cow_check import text
from nova_cow_check import waivers


@dataclasses.dataclass(frozen=True)
class Row:
    """One row: what Nova does, and what is wrong with that."""

    check: rule.Check
    #: What Nova does, or why this cannot be told; a sentence each.
    facts: tuple[str, ...]
    found: tuple[findings.Finding, ...]
    #: The faulty values that leave nothing to judge in this row.
    blocked_by: tuple[findings.Finding, ...] = ()
    #: What the verdict rests on, a line each: in the first row.
    read: tuple[str, ...] = ()

    @property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        return max(
            (
                finding.severity
                for finding in (*self.found, *self.blocked_by)
                if finding.counts
            ),
            default=None,
        )


#: Hosts that are alike are judged once; more than a fleet has that differ.
_REMEMBERED = 1024


@functools.lru_cache(maxsize=_REMEMBERED)
def judge(
    host: settings.Known,
    accepted: tuple[waivers.Waiver, ...] = (),
    compared: tuple[findings.Finding, ...] = (),
) -> tuple[Row, ...]:
    """Judge one host, a row per check.

    :param host: its settings, or why they are not known
    :param accepted: the waivers that are meant for this host
    :param compared: what the rules that compare hosts find on it
    """
    if isinstance(host, settings.Unreadable):
        return _rows_without_settings(host, accepted)
    found = _found(host, accepted)
    for finding in compared:
        check = registry.RULES[finding.rule].check
        found[check].append(_with_waiver(finding, accepted))
    facts = _facts(host)
    first, *others = rule.Check
    faults = tuple(
        finding
        for finding in found[first]
        if finding.rule == invalid_setting.INVALID_SETTING.name
    )
    rows = [Row(first, facts[first], tuple(found[first]), (), _read(host))]
    for check in others:
        about = facts[check]
        if found[check] and faults:
            about += (_('With the values proposed in the first row:'),)
        rows.append(Row(check, about, tuple(found[check]), faults))
    return tuple(rows)


def _rows_without_settings(
    host: settings.Unreadable, accepted: Sequence[waivers.Waiver]
) -> tuple[Row, ...]:
    found = _with_waiver(unreadable_configuration.find(host), accepted)
    first, *others = rule.Check
    reason = (_('Not judged: the configuration has not been read.'),)
    return (
        Row(first, (), (found,)),
        *(Row(check, reason, (), (found,)) for check in others),
    )


def _found(
    host: settings.ImageSettings, accepted: Sequence[waivers.Waiver]
) -> dict[rule.Check, list[findings.Finding]]:
    fixed = invalid_setting.repaired(host)
    found = {check: list[findings.Finding]() for check in rule.Check}
    for one in registry.HOST_RULES:
        judged = host if one is invalid_setting.INVALID_SETTING else fixed
        if (
            behaviour.has_image_settings(judged)
            or one.holds_without_image_settings
        ):
            found[one.check] += (
                _with_waiver(finding, accepted) for finding in one.find(judged)
            )
    return found


def _with_waiver(
    finding: findings.Finding, accepted: Sequence[waivers.Waiver]
) -> findings.Finding:
    waiver = waivers.for_rule(accepted, finding.rule)
    return dataclasses.replace(finding, waiver=waiver)


def _read(host: settings.ImageSettings) -> tuple[str, ...]:
    return (
        *map(describe.setting, host.all),
        _('Files read: %s') % ', '.join(map(text.printable, host.files)),
    )


def _facts(
    host: settings.ImageSettings,
) -> dict[rule.Check, tuple[str, ...]]:
    checks = rule.Check
    reason = behaviour.why_not_judged(host)
    if reason:
        return {
            checks.IMAGE_SETTINGS: (),
            checks.IMAGE_BACKEND: (reason,),
            checks.MOVES: (reason,),
        }
    reason = behaviour.why_it_does_not_apply(host)
    if reason:
        return dict.fromkeys(checks, (reason,))
    novas = behaviour.of(host)
    assert novas is not None
    return {
        checks.IMAGE_SETTINGS: _assumption(host),
        checks.IMAGE_BACKEND: _backend_facts(novas),
        checks.MOVES: describe.moves(novas.backend, novas.use_cow_images),
    }


def _assumption(host: settings.ImageSettings) -> tuple[str, ...]:
    if host.driver is drivers.Kind.LIBVIRT:
        return ()
    assumed = _('Judged as the libvirt driver, which is assumed: %s.')
    return (assumed % describe.setting(host.compute_driver),)


def _backend_facts(novas: backends.Behaviour) -> tuple[str, ...]:
    return (
        _('Nova uses the %s backend.') % novas.backend.value,
        *describe.new_disks(novas.backend, novas.force_raw_images),
    )
