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

"""Rules of the row "Resize and cold migration"."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check.rules import image_backend
from nova_cow_check.rules import rule
from nova_cow_check import settings


def _find(
    this: rule.Rule,
    image_settings: settings.ImageSettings,
    effect: backends.Effect,
    explanation: str,
) -> Iterator[findings.Finding]:
    """Yield a finding if some disk that arrives meets this effect."""
    use_cow_images = image_settings.use_cow_images
    assert use_cow_images.value is not None
    backend = image_backend.backend_of(image_settings)
    moves = backends.moves_to(backend, use_cow_images.value).values()
    if not any(move.effect is effect for move in moves):
        return
    yield this.finding(
        explanation % describe.by_name(image_settings),
        findings.Replacement(
            (
                findings.set_to(
                    use_cow_images.option,
                    backends.safe_use_cow_images(backend),
                    use_cow_images.origin,
                ),
            )
        ),
        use_cow_images.origin,
        image_settings.images_type.origin,
    )


def _flat_disks_converted(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    return _find(
        this,
        image_settings,
        backends.Effect.DOES_NOT_START,
        _(
            '%(images_type)s makes raw disks, but %(use_cow_images)s makes '
            'every resize and cold migration to this host convert them to '
            'qcow2. Nova still tells the guest that they are raw, and it '
            'does not start (Launchpad bug 2038898).'
        ),
    )


FLAT_DISKS_CONVERTED = rule.HostRule(
    'flat-disks-converted',
    rule.Check.MOVES,
    findings.Severity.WARNING,
    rule.BUG_OF_MOVES,
    _flat_disks_converted,
)


def _raw_disks_opened_as_qcow2(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    return _find(
        this,
        image_settings,
        backends.Effect.READS_HOST_FILES,
        _(
            '%(images_type)s opens every disk as qcow2, but with '
            '%(use_cow_images)s a raw disk that arrives by a resize or cold '
            'migration is not converted. The guest does not start; one that '
            'wrote a qcow2 header into its disk reads files of this host '
            '(Launchpad bug 2038898).'
        ),
    )


RAW_DISKS_OPENED_AS_QCOW2 = rule.HostRule(
    'raw-disks-opened-as-qcow2',
    rule.Check.MOVES,
    findings.Severity.WARNING,
    rule.BUG_OF_MOVES,
    _raw_disks_opened_as_qcow2,
)

RULES = (RAW_DISKS_OPENED_AS_QCOW2, FLAT_DISKS_CONVERTED)
