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

"""The rows that nova-cow-status adds to nova-status."""

from __future__ import annotations

import contextlib
import sys

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck

from nova_cow_check.cmd import upgrade
from nova_cow_check import plugins
from nova_cow_check.sources import loaded
from nova_cow_check.sources import places
from nova_cow_check.sources import waiver_file


class StatusChecks(upgrade.Report):
    """Runs Nova's checks and those of plugins after them.

    In a list of bases it stands before nova.cmd.status.UpgradeCommands.
    Nova makes a command of each public method, so there is only one, and
    the checks find oslo.config's global ConfigOpts, which is Nova's.
    """

    def check(self, as_json: bool = False) -> upgradecheck.Code:
        """Run the checks and print their results.

        :param as_json: in oslo.upgradecheck's JSON form
        :raises ConfigurationError: if the waivers cannot be read
        """
        self.waivers = waiver_file.configured(
            cfg.CONF,
            loaded.configuration_of(cfg.CONF),
            places.own_surroundings(),
        )
        # A module can print when it is imported.
        with contextlib.redirect_stdout(sys.stderr):
            added = plugins.load()
        self._upgrade_checks = (*type(self)._upgrade_checks, *added)
        return super().check(as_json)
