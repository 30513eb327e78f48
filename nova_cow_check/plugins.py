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

"""The upgrade checks that are installed, our own and those of others."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from oslo_upgradecheck import upgradecheck
import stevedore

from nova_cow_check._i18n import _
from nova_cow_check import checks

NAMESPACE = 'nova.status.upgrade.checks'

#: A name and a check, in the forms that UpgradeCommands takes: a function,
#: or a function and its keyword arguments.
NamedCheck = tuple[str, Any]


def load() -> tuple[NamedCheck, ...]:
    """Return the checks of all plugins, our own first.

    For a plugin that cannot be loaded there is a check that raises why.
    """
    found: list[NamedCheck] = list(checks.Checks().get_checks())

    def failed(_manager: object, plugin: Any, error: BaseException) -> None:
        if isinstance(error, _NotLoaded) and error.__cause__:
            error = error.__cause__
        found.append(_failing(plugin.name, error))

    for extension in _Manager(NAMESPACE, on_load_failure_callback=failed):
        plugin: Any = extension.plugin
        if plugin is not sys.modules[__name__]:
            found += _checks_of(extension.name, plugin)
    return tuple(found)


# Generic in new releases of stevedore only.
class _Manager(stevedore.ExtensionManager):  # type: ignore[type-arg]
    """Takes no exception of a plugin for a reason to stop."""

    def _load_one_plugin(self, ep: Any, *arguments: Any) -> Any:
        try:
            return super()._load_one_plugin(ep, *arguments)
        except (AssertionError, SystemExit) as error:
            raise _NotLoaded from error


class _NotLoaded(Exception):
    """Stands for what stevedore would let pass, its cause."""


def _checks_of(plugin_name: str, plugin: Any) -> list[NamedCheck]:
    try:
        # neutron's own entry points name the class, not its module.
        found = getattr(plugin, 'Checks', plugin)().get_checks()
        return [(str(name), check) for name, check in found]
    except (Exception, SystemExit) as error:
        return [_failing(plugin_name, error)]


def _failing(name: str, error: BaseException) -> NamedCheck:
    def fail(_command: upgradecheck.UpgradeCommands) -> NoReturn:
        raise error

    return _('Plugin %s, which cannot be loaded') % name, fail
