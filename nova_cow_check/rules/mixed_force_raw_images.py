# SPDX-License-Identifier: Apache-2.0

"""The rule `mixed-force-raw-images`: backing files of two formats."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule,
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    peers: rule.Peers,
    is_shared: bool,
) -> Iterator[findings.Finding]:
    if is_shared:
        # The backing files are there, whoever has fetched them.
        return
    common = rule.common_force_raw_images(peers)
    counted = rule.by_force_raw_images(peers)
    is_qcow2 = own.backend is backends.Backend.QCOW2
    if not is_qcow2 or own.force_raw_images is common or not counted[common]:
        return
    setting = host.force_raw_images
    yield this.finding(
        _(
            '%(force_raw_images)s, as on %(few)d of %(all)d hosts with the '
            'qcow2 backend that exchange instances; on %(many)d it is '
            '%(common)s. They keep the images that disks are based on in '
            'different formats: after a resize or cold migration, a guest '
            'made from a qcow2 image reads wrong data, or libvirt refuses '
            'to start it (ERROR). Hosts that share instances_path have them '
            'together: --shared says so, and this is not found.'
        )
        % {
            **wording.by_name(host),
            'few': counted[own.force_raw_images],
            'all': sum(counted.values()),
            'many': counted[common],
            'common': common,
        },
        (),
        setting.origin,
        alternative=rule.on_an_empty_host(
            [findings.set_to(setting, common)],
            _(
                'Guests that exist go on expecting the format that this host '
                'has now.'
            ),
        ),
        outcome=rule.exchanged(
            own, [one for one in peers if one.backend is own.backend]
        ),
    )


RULE = rule.FleetRule(
    'mixed-force-raw-images',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _look,
)
