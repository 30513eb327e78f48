# SPDX-License-Identifier: Apache-2.0

"""Whether what was collected of a host is all that its nova-compute reads."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import lookalikes


def require(known: host_settings.Known) -> None:
    """Refuse what no nova-compute would start with, as a part of it.

    Debian and Ubuntu have compute_driver in nova-compute.conf: a nova.conf
    that was collected without it must not pass, nor a report on one.

    :raises ConfigurationError: if nothing shows that it is all
    """
    if isinstance(known, host_settings.Unreadable):
        return
    is_told = known.compute_driver.fault or rule.is_compute_service(known)
    if not is_told:
        _require_it_in_its_place(known)
        reason = _(
            'it has no compute_driver, without which nova-compute does not '
            'start: nova-compute.conf is missing, or it is no compute host'
        )
        raise errors.ConfigurationError(reason)


def _require_it_in_its_place(known: host_settings.ImageSettings) -> None:
    """Refuse a compute_driver that Nova does not read, and tell where it is.

    :raises ConfigurationError: if there is one
    """
    for one in known.lookalikes:
        if one.intended is opts.COMPUTE_DRIVER:
            raise errors.ConfigurationError(
                _misplaced(one), one.origin.name, one.origin.line
            )


def _misplaced(one: lookalikes.Lookalike) -> str:
    """Return why a line is no compute_driver, as ignored-setting does."""
    mistakes = lookalikes.Mistake
    reason = {
        mistakes.WRONG_GROUP: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads compute_driver in the group '
            '[DEFAULT] only'
        ),
        mistakes.DEFAULT_GROUP_CASE: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads compute_driver in [DEFAULT], '
            'which has to be written in capital letters'
        ),
        mistakes.SPELLING: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and reads it only when spelt '
            'compute_driver'
        ),
        mistakes.CONTINUATION: _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, because white space before it makes the '
            'line a part of the value above it'
        ),
    }.get(
        one.mistake,
        _(
            'it has no compute_driver, without which nova-compute does not '
            'start: Nova ignores %s, and has no such option; it has '
            '[DEFAULT]/compute_driver'
        ),
    )
    name = printing.value_as_shown(one.name)
    if one.mistake is mistakes.CONTINUATION:
        return reason % name
    return reason % f'[{printing.value_as_shown(one.group)}]/{name}'
