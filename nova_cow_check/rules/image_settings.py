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

"""Rules of the row "Image settings", but for the two with own modules."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check.rules import ignored_setting
from nova_cow_check.rules import image_backend
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import rule
from nova_cow_check import settings


def _use_cow_images_unused(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    use_cow_images = image_settings.use_cow_images
    backend = image_backend.backend_of(image_settings)
    unaffected = not backends.moves_to(backend, True)
    if not use_cow_images.is_written or not unaffected:
        return
    yield this.finding(
        _(
            '%(use_cow_images)s has no effect with %(images_type)s, and the '
            'option is to be deprecated.'
        )
        % describe.by_name(image_settings),
        findings.Replacement(findings.remove_all(use_cow_images)),
        use_cow_images.origin,
    )


USE_COW_IMAGES_UNUSED = rule.HostRule(
    'use-cow-images-unused',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.NOTE,
    rule.BUG_OF_MOVES,
    _use_cow_images_unused,
)


def _driver_removed(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    compute_driver = image_settings.compute_driver
    use_cow_images = image_settings.use_cow_images
    family = drivers.family_of(
        compute_driver.value or compute_driver.meant or ''
    )
    needed = (
        findings.keep(
            use_cow_images.option, use_cow_images.value, use_cow_images.origin
        ),
    )
    yield this.finding(
        _(
            '%(compute_driver)s: Nova %(release)s and later do not have this '
            'driver. Before that it reads %(use_cow_images)s itself: leave '
            'use_cow_images as it is until the host is retired.'
        )
        % {
            **describe.by_name(image_settings),
            # An old report does not tell which one a reference stands for.
            'release': drivers.REMOVED.get(family, drivers.LAST_REMOVAL),
        },
        findings.Replacement(needed if use_cow_images.is_written else ()),
        compute_driver.origin,
        *([use_cow_images.origin] if use_cow_images.is_written else []),
    )


DRIVER_REMOVED = rule.HostRule(
    'driver-removed',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.WARNING,
    'https://docs.openstack.org/nova/latest/admin/configuration/'
    'hypervisors.html',
    _driver_removed,
    frozenset({drivers.Kind.REMOVED}),
)

RULES = (
    invalid_setting.INVALID_SETTING,
    ignored_setting.IGNORED_SETTING,
    DRIVER_REMOVED,
    USE_COW_IMAGES_UNUSED,
)
