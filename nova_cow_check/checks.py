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

"""The rules as upgrade checks, for this and for other command lines.

This module is a plugin of the group ``nova.status.upgrade.checks``, in the
form of neutron's ``neutron.status.upgrade.checks``: its class `Checks` has a
``get_checks()``. The functions can also stand in another program's
``_upgrade_checks``, as oslo_upgradecheck.common_checks's do::

    _upgrade_checks = (
        ('Image backend', (checks.check_image_backend, {'conf': CONF})),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import socket

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.rules import rule
from nova_cow_check import settings
from nova_cow_check.sources import loaded
from nova_cow_check.sources import places
from nova_cow_check.sources import waiver_file
from nova_cow_check import verdict
from nova_cow_check import waivers

_CODES = {
    None: upgradecheck.Code.SUCCESS,
    findings.Severity.NOTE: upgradecheck.Code.SUCCESS,
    findings.Severity.WARNING: upgradecheck.Code.WARNING,
    findings.Severity.FAILURE: upgradecheck.Code.FAILURE,
}


def check_image_settings(
    self: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None = None
) -> upgradecheck.Result:
    """Check that the image settings are valid and where Nova reads them.

    :param self: the command that runs the check
    :param conf: a loaded configuration of nova-compute; without it, the
        command's attribute ``conf``, or else oslo.config's global one
    :raises ConfigurationError: if the configuration has not been loaded
    """
    return _result(rule.Check.IMAGE_SETTINGS, self, conf)


def check_image_backend(
    self: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None = None
) -> upgradecheck.Result:
    """Check that the image backend is named, and works.

    Parameters and errors are those of `check_image_settings`.
    """
    return _result(rule.Check.IMAGE_BACKEND, self, conf)


def check_resize_and_cold_migration(
    self: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None = None
) -> upgradecheck.Result:
    """Check that a move leaves disks in the format the guest is told.

    Parameters and errors are those of `check_image_settings`.
    """
    return _result(rule.Check.MOVES, self, conf)


class Checks:
    """The plugin: what other command lines load."""

    def get_checks(
        self,
    ) -> tuple[tuple[str, Callable[..., upgradecheck.Result]], ...]:
        """Return the name and the function of each check."""
        return (
            (_('Image settings'), check_image_settings),
            (_('Image backend'), check_image_backend),
            (_('Resize and cold migration'), check_resize_and_cold_migration),
        )


def _result(
    check: rule.Check,
    command: upgradecheck.UpgradeCommands,
    conf: cfg.ConfigOpts | None,
) -> upgradecheck.Result:
    if conf is None:
        conf = getattr(command, 'conf', cfg.CONF)
    configuration_ = loaded.configuration_of(conf)
    known = settings.read(conf, configuration_)
    waivers_read, host_name = _accepted(command, conf, configuration_)
    rows = verdict.judge(known, waivers.for_host(waivers_read, host_name))
    row = next(row for row in rows if row.check is check)
    lines = [verdict.as_text(row)]
    if check is rule.Check.IMAGE_SETTINGS:
        rules = {finding.rule for row in rows for finding in row.found}
        unused = waivers.unused(waivers_read, {host_name: rules})
        lines += ['', details.unused(unused)] if unused else []
    return upgradecheck.Result(_CODES[row.worst], '\n'.join(lines))


def _accepted(
    command: upgradecheck.UpgradeCommands,
    conf: cfg.ConfigOpts,
    configuration_: configuration.Configuration,
) -> tuple[Sequence[waivers.Waiver], str]:
    """Return the waivers, and the name of the host to which they apply.

    A command that has read them has them as attributes.
    """
    host_name = getattr(command, 'host_name', None) or socket.gethostname()
    waivers_read = getattr(command, 'waivers', None)
    if waivers_read is None:
        waivers_read = waiver_file.configured(
            conf, configuration_, places.own_surroundings()
        )
    return waivers_read, host_name
