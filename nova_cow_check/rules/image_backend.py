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

"""Rules of the row "Image backend"."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check.rules import rule
from nova_cow_check import settings


def backend_of(image_settings: settings.ImageSettings) -> backends.Backend:
    """Return the backend of settings without faults."""
    images_type = image_settings.images_type.value
    use_cow_images = image_settings.use_cow_images.value
    assert images_type is not None and use_cow_images is not None
    return backends.backend_of(images_type, use_cow_images)


def _implicit(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    images_type = image_settings.images_type
    use_cow_images = image_settings.use_cow_images
    if images_type.value != 'default':
        return
    backend = backend_of(image_settings)
    changes = [
        findings.set_to(images_type.option, backend.value, images_type.origin)
    ]
    explanation = _(
        '%(images_type)s leaves the choice of the image backend to '
        '%(use_cow_images)s, and Nova takes the %(backend)s backend. The '
        'value "default" and use_cow_images are to be deprecated: name the '
        'backend.'
    )
    # Nova's default for use_cow_images must not take over: without the
    # line, a resize or cold migration would convert disks.
    if use_cow_images.value is not use_cow_images.option.opt.default:
        changes.append(
            findings.keep(
                use_cow_images.option,
                use_cow_images.value,
                use_cow_images.origin,
            )
        )
    yield this.finding(
        explanation
        % {**describe.by_name(image_settings), 'backend': backend.value},
        findings.Replacement(tuple(changes)),
        images_type.origin,
        use_cow_images.origin,
    )


IMPLICIT_IMAGE_BACKEND = rule.HostRule(
    'implicit-image-backend',
    rule.Check.IMAGE_BACKEND,
    findings.Severity.WARNING,
    rule.BUG_OF_MOVES,
    _implicit,
)


def _rbd_without_raw_images(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    force_raw_images = image_settings.force_raw_images
    start = (backend_of(image_settings), force_raw_images.value)
    if start not in backends.REFUSED_AT_START:
        return
    yield this.finding(
        _(
            'nova-compute does not start with %(images_type)s and '
            '%(force_raw_images)s: this backend takes raw images only.'
        )
        % describe.by_name(image_settings),
        findings.Replacement(
            (
                findings.set_to(
                    force_raw_images.option, True, force_raw_images.origin
                ),
            )
        ),
        force_raw_images.origin,
        image_settings.images_type.origin,
    )


RBD_WITHOUT_RAW_IMAGES = rule.HostRule(
    'rbd-without-raw-images',
    rule.Check.IMAGE_BACKEND,
    findings.Severity.FAILURE,
    'https://bugs.launchpad.net/nova/+bug/1816686',
    _rbd_without_raw_images,
)

RULES = (RBD_WITHOUT_RAW_IMAGES, IMPLICIT_IMAGE_BACKEND)
