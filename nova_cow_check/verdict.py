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

import dataclasses

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check.rules import image_backend
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check import settings
from nova_cow_check import text


@dataclasses.dataclass(frozen=True)
class Row:
    """One row: what Nova does, and what is wrong with that."""

    check: rule.Check
    #: What Nova does, or why this cannot be told; a sentence each.
    facts: tuple[str, ...]
    found: tuple[findings.Finding, ...]
    #: False where a faulty value leaves nothing to judge.
    is_judged: bool

    @property
    def severity(self) -> findings.Severity:
        """The worst of the findings; what is not judged has failed."""
        if not self.is_judged:
            return findings.Severity.FAILURE
        return max(
            (finding.severity for finding in self.found),
            default=findings.Severity.NOTE,
        )


def judge(host: settings.ImageSettings) -> tuple[Row, ...]:
    """Judge the settings of one host, a row per check."""
    fixed = invalid_setting.repaired(host)
    found = {check: list[findings.Finding]() for check in rule.Check}
    for one in registry.RULES.values():
        judged = host if one is invalid_setting.INVALID_SETTING else fixed
        if _has_image_settings(judged) or one.holds_without_image_settings:
            found[one.check] += one.find(judged)
    faulty = [item for item in host.all if invalid_setting.has_fault(item)]
    facts = _facts(host, fixed, faulty)
    rows = []
    for check in rule.Check:
        is_judged = not faulty or check is rule.Check.IMAGE_SETTINGS
        about = facts[check]
        if found[check] and not is_judged:
            about += (_('With the values proposed in the first row:'),)
        rows.append(Row(check, about, tuple(found[check]), is_judged))
    return tuple(rows)


def _has_image_settings(host: settings.ImageSettings) -> bool:
    """Return whether there is anything that a libvirt driver would read.

    The configuration of an API or a conductor has no compute_driver, and
    its defaults are read by no nova-compute.
    """
    kind = drivers.kind_of(host.compute_driver.value)
    if kind not in (drivers.Kind.NONE, drivers.Kind.UNKNOWN):
        return True
    return any(item.is_written for item in host.image_options)


def _facts(
    host: settings.ImageSettings,
    fixed: settings.ImageSettings,
    faulty: list[settings.AnySetting],
) -> dict[rule.Check, tuple[str, ...]]:
    checks = rule.Check
    read = (
        *map(describe.setting, host.all),
        _('Files read: %s') % ', '.join(map(text.printable, host.files)),
    )
    if faulty:
        reason = _('Not judged: nova-compute does not start with %s.')
        reason %= ', '.join(map(describe.setting, faulty))
        return {
            checks.IMAGE_SETTINGS: read,
            checks.IMAGE_BACKEND: (reason,),
            checks.MOVES: (reason,),
        }
    reason = _why_it_does_not_apply(host)
    if reason:
        return {
            checks.IMAGE_SETTINGS: (reason, *read),
            checks.IMAGE_BACKEND: (reason,),
            checks.MOVES: (reason,),
        }
    return {
        checks.IMAGE_SETTINGS: (*_assumption(host), *read),
        checks.IMAGE_BACKEND: _backend_facts(fixed),
        checks.MOVES: _moves_facts(fixed),
    }


def _why_it_does_not_apply(host: settings.ImageSettings) -> str:
    """Return why no libvirt driver reads these settings, '' if one does."""
    kind = drivers.kind_of(host.compute_driver.value)
    if kind not in rule.AS_LIBVIRT:
        reason = _('Does not apply: %s is not the libvirt driver.')
    elif _has_image_settings(host):
        return ''
    elif kind is drivers.Kind.UNKNOWN:
        reason = _(
            'Does not apply: %s is not a driver of Nova, and no image '
            'setting is written. If it is based on the libvirt driver, '
            'set [libvirt]/images_type and check again.'
        )
    else:
        reason = _(
            "Does not apply: %s, and no image setting is written: not a "
            "compute service's configuration, as far as can be told. Check "
            "the files that nova-compute reads, on each compute host."
        )
    return reason % describe.setting(host.compute_driver)


def _assumption(host: settings.ImageSettings) -> tuple[str, ...]:
    if drivers.kind_of(host.compute_driver.value) is drivers.Kind.LIBVIRT:
        return ()
    assumed = _('Judged as the libvirt driver, which is assumed: %s.')
    return (assumed % describe.setting(host.compute_driver),)


def _backend_facts(host: settings.ImageSettings) -> tuple[str, ...]:
    force_raw_images = host.force_raw_images.value
    assert force_raw_images is not None
    backend = image_backend.backend_of(host)
    return (
        _('Nova uses the %s backend.') % backend.value,
        *describe.new_disks(backend, force_raw_images),
    )


def _moves_facts(host: settings.ImageSettings) -> tuple[str, ...]:
    use_cow_images = host.use_cow_images.value
    assert use_cow_images is not None
    return describe.moves(image_backend.backend_of(host), use_cow_images)
