# SPDX-License-Identifier: Apache-2.0

"""The rule `driver-removed`: a driver that newer Novas do not have."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import drivers
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    compute_driver = host.compute_driver
    use_cow_images = host.use_cow_images
    name = compute_driver.value or compute_driver.meant or ''
    needed = [use_cow_images] if use_cow_images.is_written else []
    yield this.finding(
        _(
            '%(compute_driver)s: Nova %(release)s and later do not have this '
            'driver. Before that it reads %(use_cow_images)s itself: leave '
            'use_cow_images as it is until the host is retired.'
        )
        % {
            **wording.by_name(host),
            # An old report does not tell which one a reference stands for.
            'release': drivers.REMOVED.get(
                drivers.family_of(name), drivers.LAST_REMOVAL
            ),
        },
        map(findings.keep, needed),
        compute_driver.origin,
        *(setting.origin for setting in needed),
    )


RULE = rule.HostRule(
    'driver-removed',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.WARNING,
    'https://docs.openstack.org/nova/latest/admin/configuration/'
    'hypervisors.html',
    _look,
    frozenset({drivers.Kind.REMOVED}),
)
