# SPDX-License-Identifier: Apache-2.0

"""The rule `raw-disks-opened-as-qcow2`: QEMU believes the guest's bytes."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import operations
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    return rule.arriving_disks(
        this,
        host,
        operations.Harm.READS_HOST_FILES,
        _(
            '%(images_type)s opens every disk as qcow2, but with '
            '%(use_cow_images)s a raw disk that arrives by a resize or '
            'cold migration is not converted. libvirt refuses to start the '
            'guest, and the instance is in the state ERROR; a guest that '
            'wrote a qcow2 header into its disk reads or changes files of '
            'this host (Launchpad bug 2038898).'
        ),
    )


RULE = rule.HostRule(
    'raw-disks-opened-as-qcow2',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _look,
)
