# SPDX-License-Identifier: Apache-2.0

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
import dataclasses
import importlib.metadata
import socket
import sys
from typing import Any, Final, NoReturn, TYPE_CHECKING

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
import stevedore

from nova_cow_check._i18n import _
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import host
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file

if TYPE_CHECKING:
    from nova_cow_check.reports import audit

_CODES = {
    None: upgradecheck.Code.SUCCESS,
    findings.Severity.NOTE: upgradecheck.Code.SUCCESS,
    findings.Severity.WARNING: upgradecheck.Code.WARNING,
    findings.Severity.FAILURE: upgradecheck.Code.FAILURE,
}

NAMESPACE = 'nova.status.upgrade.checks'

#: A name and a check, in the forms that UpgradeCommands takes: a function,
#: or a function and its keyword arguments.
NamedCheck = tuple[str, Any]


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


def judged(
    self: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None = None
) -> tuple[host_settings.ImageSettings, tuple[findings.Finding, ...]]:
    """Return the settings that these three are about, and what they find.

    Parameters and errors are those of `check_image_settings`.
    """
    read = _read(self, conf)
    rows = verdict.judge(read.known, read.accepted)
    found = dict.fromkeys(finding for row in rows for finding in row.found)
    return read.known, tuple(found)


class Checks:
    """The plugin: what other command lines load."""

    def get_checks(self) -> tuple[NamedCheck, ...]:
        """Return the name and the function of each check."""
        return (
            (_('Image settings'), check_image_settings),
            (_('Image backend'), check_image_backend),
            (_('Resize and cold migration'), check_resize_and_cold_migration),
        )


class _Read:
    """What a check is about.

    :param waivers: those of other hosts may be among them
    """

    def __init__(
        self,
        conf: cfg.ConfigOpts,
        known: host_settings.ImageSettings,
        host_name: str,
        waivers: Sequence[findings.Waiver],
    ) -> None:
        self.conf: Final = conf
        self.known: Final = known
        self.host_name: Final = host_name
        self.waivers: Final = waivers

    @property
    def accepted(self) -> tuple[findings.Waiver, ...]:
        return findings.waivers_for_host(self.waivers, self.host_name)


#: Looks at the guests of a host: told what Nova goes by there, the settings
#: that are judged, and the waivers that are meant for it.
Look = Callable[
    [
        cfg.ConfigOpts,
        host_settings.ImageSettings,
        tuple[findings.Waiver, ...],
    ],
    'audit.Guests',
]


def of_guests(look: Look) -> NamedCheck:
    """Return the check of the guests of a host."""

    def check_guests(
        self: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None = None
    ) -> upgradecheck.Result:
        """Check that the guests of the host come back from a restart.

        Parameters and errors are those of `check_image_settings`.
        """
        from nova_cow_check.reports import audit

        read = _read(self, conf)
        row = audit.row(look(read.conf, read.known, read.accepted))
        about_guests = [one for one in read.waivers if one.guests]
        looked_at = [] if row.failed else [read.host_name]
        unused = findings.unused_waivers(
            about_guests, {read.host_name: row.found}, looked_at
        )
        shown = tuple(map(_without_commands, audit.shown(row.found)))
        return _as_result(row._replace(found=shown), unused)

    return _('Guests'), check_guests


def _without_commands(one: findings.Finding) -> findings.Finding:
    """Return a finding for a table, from which no command can be copied."""
    guest = one.guest
    if guest is None or not any(step.commands for step in guest.steps):
        return one
    # Nothing of guests is loaded where nobody asks.
    from nova_cow_check.rules import extras

    words = _('nova-cow-check report --guests shows the commands that help.')
    return one._replace(guest=guest._replace(steps=(extras.Step(words),)))


def _result(
    check: rule.Check,
    command: upgradecheck.UpgradeCommands,
    conf: cfg.ConfigOpts | None,
) -> upgradecheck.Result:
    read = _read(command, conf)
    rows = verdict.judge(read.known, read.accepted)
    row = next(row for row in rows if row.check is check)
    unused: tuple[findings.Waiver, ...] = ()
    if check is rule.Check.IMAGE_SETTINGS:
        found = [finding for row in rows for finding in row.found]
        unused = findings.unused_waivers(read.waivers, {read.host_name: found})
    return _as_result(row, unused)


def _read(
    command: upgradecheck.UpgradeCommands, conf: cfg.ConfigOpts | None
) -> _Read:
    is_of_nova_compute = conf is not None or hasattr(command, 'conf')
    if conf is None:
        conf = getattr(command, 'conf', cfg.CONF)
    configuration = host.configuration_of(conf)
    known = host_settings.read(conf, configuration)
    if not is_of_nova_compute:
        # nova-status runs with the files of an API or a conductor, to which
        # tools write [libvirt], too: that is no evidence there.
        known = dataclasses.replace(known, libvirt_option=None)
    known = dataclasses.replace(
        known,
        process=getattr(command, 'process', None),
        nova_release=getattr(command, 'nova_release', ''),
    )
    host_name = getattr(command, 'host_name', None) or socket.gethostname()
    # A command that has read them has them as an attribute.
    waivers_read = getattr(command, 'waivers', None)
    if waivers_read is None:
        waivers_read = waiver_file.configured(
            conf, configuration, search.own_surroundings()
        )
    return _Read(conf, known, host_name, waivers_read)


def _as_result(
    row: verdict.Row, unused: Sequence[findings.Waiver]
) -> upgradecheck.Result:
    lines = [verdict.as_text(row)]
    lines += ['', wording.unused(unused)] if unused else []
    return upgradecheck.Result(_CODES[row.worst], '\n'.join(lines))


def load(look: Look | None = None) -> tuple[NamedCheck, ...]:
    """Return the checks of all plugins, our own first.

    For a plugin that cannot be loaded there is a check that raises why.

    :param look: looks at the guests, if that is asked for
    """
    found = list(Checks().get_checks())
    if look is not None:
        found.append(of_guests(look))

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

    # Without its cache, stevedore sorts the entry points of all packages by
    # all their groups, which takes longer than to read the configuration.
    def list_entry_points(self) -> list[importlib.metadata.EntryPoint]:
        if sys.version_info < (3, 10):
            return super().list_entry_points()
        found = importlib.metadata.entry_points(group=self.namespace)
        return [*dict.fromkeys(found)]

    def _load_one_plugin(self, ep: Any, *arguments: Any) -> Any:
        try:
            return super()._load_one_plugin(ep, *arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise _NotLoaded from error


class _NotLoaded(Exception):
    """Stands for what stevedore would let pass, its cause."""


def _checks_of(plugin_name: str, plugin: Any) -> list[NamedCheck]:
    try:
        # neutron's own entry points name the class, not its module.
        found = getattr(plugin, 'Checks', plugin)().get_checks()
        return [(str(name), check) for name, check in found]
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return [_failing(plugin_name, error)]


def _failing(name: str, error: BaseException) -> NamedCheck:
    def fail(_command: upgradecheck.UpgradeCommands) -> NoReturn:
        raise error

    return _('Plugin %s, which cannot be loaded') % name, fail
