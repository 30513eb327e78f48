# SPDX-License-Identifier: Apache-2.0

"""The rules about guests that exist, a row each; each has its page.

What they hold for is `guests.conditions`, whose names are those of these
rules, and what they say `guest_findings`: neither is loaded unless guests are
looked at.
"""

from __future__ import annotations

from nova_cow_check.rules import findings
from nova_cow_check.rules import rule

_NOTE, _WARNING, _FAILURE = findings.Severity

_RECORDS = 'https://bugs.launchpad.net/nova/+bug/1221190'
_HEADERS = 'https://bugs.launchpad.net/nova/+bug/2137507'
_BACKING_FILES = (
    'https://docs.openstack.org/nova/latest/admin/image-caching.html'
)
_MOVES = (
    'https://docs.openstack.org/nova/latest/contributor/'
    'resize-and-cold-migrate.html'
)
_FOLDERS = f'{rule.NOVA_OPTIONS}#DEFAULT.instances_path'
_BACKENDS = f'{rule.NOVA_OPTIONS}#libvirt.images_type'


def _rule(
    name: str, reference: str, *severities: findings.Severity
) -> rule.GuestRule:
    """Return a rule.

    :param severities: that its findings can have, the worst first
    """
    worst, *milder = severities
    check = rule.Check.GUESTS
    return rule.GuestRule(name, check, worst, reference, tuple(milder))


#: In the order in which their findings are shown.
RULES = (
    # What keeps a repair of others from being right comes first.
    _rule('guest-disk-info-unusable', _RECORDS, _FAILURE),
    _rule('guest-disk-info-wrong', _RECORDS, _FAILURE, _WARNING, _NOTE),
    _rule('guest-header-believed', _HEADERS, _FAILURE, _WARNING),
    _rule('guest-disk-foreign', _HEADERS, _FAILURE),
    _rule('guest-disk-converted', rule.BUG_OF_MOVES, _FAILURE, _WARNING),
    _rule('guest-disk-opened-as-qcow2', rule.BUG_OF_MOVES, _FAILURE),
    _rule('guest-backing-file-missing', _BACKING_FILES, _FAILURE),
    _rule('guest-backing-file-wrong', _BACKING_FILES, _FAILURE),
    _rule('guest-backend-changed', _BACKENDS, _FAILURE),
    _rule('guest-breaks-at-move', rule.BUG_OF_MOVES, _WARNING),
    _rule('guest-move-unconfirmed', _MOVES, _WARNING),
    _rule('guest-not-read', _FOLDERS, _WARNING),
    _rule('guest-disk-info-missing', _RECORDS, _WARNING, _NOTE),
    _rule('guest-header-written', _HEADERS, _NOTE),
    _rule('guest-without-domain', _FOLDERS, _NOTE),
)
