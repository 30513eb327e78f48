# SPDX-License-Identifier: Apache-2.0

"""The rule `unsafe-flat-resize`: an old Nova believes what a guest wrote."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    if not host.nova_release:
        return
    # Loaded where there is one to judge.
    from nova_cow_check.nova import releases

    release = releases.parse(host.nova_release)
    if release is None or not release.guesses_formats:
        return
    if rule.behaviour_of(host).backend is not backends.Backend.FLAT:
        return
    yield this.finding(
        _(
            '%(images_type)s and %(use_cow_images)s: this host uses the flat '
            'backend, and Nova %(release)s has CVE-2026-24708, by its '
            'number: a resize that makes a disk larger goes by what the '
            'guest wrote into it, which can destroy data of this host. '
            'Upgrade Nova, to 30.3.0, 31.3.0, 32.2.0, 33.0.0 or later, or to '
            'a build of your vendor with the fix (OSSA-2026-002), which its '
            'number does not show: accept this with a waiver then. Stay on '
            'flat until then and after: guests that exist do not survive '
            'another backend.'
        )
        % {**wording.by_name(host), 'release': host.nova_release},
        (),
        host.images_type.origin,
        host.use_cow_images.origin,
    )


# No failure, and behind all that the settings alone show: a number proves
# nothing, and the upgrade that is checked for is the remedy.
RULE = rule.HostRule(
    'unsafe-flat-resize',
    rule.Check.MOVES,
    findings.Severity.WARNING,
    'https://security.openstack.org/ossa/OSSA-2026-002.html',
    _look,
    is_about_process=True,
)
