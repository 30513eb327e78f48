# SPDX-License-Identifier: Apache-2.0

"""A host of a report, in place of its configuration.

The settings are read back as they were written. The rules judge them again,
so that all hosts are judged by the same release; what the report itself
found must be among what they find.
"""

from __future__ import annotations

import collections
from collections.abc import Collection
import dataclasses
import datetime
from typing import Any, NamedTuple, TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.document import finding_reader
from nova_cow_check.document import nodes
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.nova import releases
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import intentions
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing

if TYPE_CHECKING:
    from nova_cow_check.reports import audit

_KINDS_OF_DRIVERS = writer.meanings(drivers.Kind)
#: Which of them it is, the end of a name can tell.
_KINDS_OF_OTHERS = frozenset(
    {drivers.Kind.DERIVED, drivers.Kind.UNKNOWN, drivers.Kind.UNLOADABLE}
)
_MISTAKES = writer.meanings(lookalikes.Mistake)
_FAULTS = writer.meanings(writer.FAULTS)
_BACKENDS = {one.value: one for one in backends.Backend}
_OPTIONS = {option.name: option for option in opts.OPTIONS}
_INTENDED = {**_OPTIONS, opts.WAIVERS_FILE.name: opts.WAIVERS_FILE}

#: How often a rule holds, and how bad that is.
_Counts = collections.Counter[tuple[str, findings.Severity]]


class Host(NamedTuple):
    """What a report tells of its host."""

    known: host_settings.Known
    #: Those that were applied to what its settings lead to.
    accepted: tuple[findings.Waiver, ...] = ()
    #: With the waivers that were applied; None where nobody asked for them.
    guests: audit.Guests | None = None
    #: What Nova went by when an earlier report was made.
    earlier: backends.Behaviour | None = None
    #: Name of the hosts it exchanged instances with, '' for a rest.
    group: str = ''


def of(host: nodes.Node, today: datetime.date, is_fleet: bool) -> Host:
    """Return what is told of a host, whatever it is called.

    :param is_fleet: whether it was compared with others
    :raises ConfigurationError: if it contradicts itself
    """
    checks, of_guests = _checks(host)
    found = [
        finding for check in checks for finding in check['findings'].items()
    ]
    told: _Counts = collections.Counter(map(_rule, found))
    is_read = host['unreadable'].value is None
    known = _settings(host) if is_read else _unreadable(host['unreadable'])
    earlier = _earlier(host, known)
    not_asked: set[str] = set()
    if 'earlier' not in host.value:
        # Releases before this field lost what these rules went by.
        not_asked.update(one.name for one in registry.CHANGE_RULES)
    if is_fleet:
        # They are found anew, from what this run has.
        not_asked.update(one.name for one in registry.FLEET_RULES)
    _require(known, earlier, told, not_asked)
    waivers = (finding_reader.waiver(finding, today) for finding in found)
    accepted = dict.fromkeys(one for one in waivers if one is not None)
    guests = _guests(host, of_guests, known, today)
    group = _group(host) if is_fleet else ''
    return Host(known, tuple(accepted), guests, earlier, group)


def _group(host: nodes.Node) -> str:
    if host.value.get('group') is None:
        return ''
    return host['group'].words()


def _earlier(
    host: nodes.Node, known: host_settings.Known
) -> backends.Behaviour | None:
    if host.value.get('earlier') is None:
        return None
    node = host['earlier']
    earlier = backends.Behaviour(
        node['backend'].one_of(_BACKENDS),
        node['use_cow_images'].flag(),
        node['force_raw_images'].flag(),
    )
    if isinstance(known, host_settings.Unreadable):
        node.fail(_('it does not fit to a host that was not read'))
    return earlier


def _checks(host: nodes.Node) -> tuple[list[nodes.Node], nodes.Node | None]:
    """Return the checks of the settings, and the one of the guests."""
    checks, of_guests = [], None
    for check in host['checks'].items():
        if check['name'].words() != rule.Check.GUESTS.value:
            checks.append(check)
        elif of_guests is None:
            of_guests = check
        else:
            check.fail(_('it is there twice'))
    return checks, of_guests


def _guests(
    host: nodes.Node,
    check: nodes.Node | None,
    known: host_settings.Known,
    today: datetime.date,
) -> audit.Guests | None:
    # Releases before this field looked at none.
    is_told = check is not None or host.value.get('guests') is not None
    if not is_told or isinstance(known, host_settings.Unreadable):
        return None
    if check is None:
        host['guests'].fail(_('its check is missing'))
    from nova_cow_check.document import guest_reader

    applies = not verdict.why_it_does_not_apply(known)
    return guest_reader.read(host['guests'], check, applies, today)


def _rule(finding: nodes.Node) -> tuple[str, findings.Severity]:
    found = finding_reader.rule_of(finding)
    severity = finding['severity'].one_of(finding_reader.SEVERITIES)
    if isinstance(found, rule.ChangeRule):
        # Its severity follows from the change.
        return found.name, severity
    # An earlier release took some rules for less bad.
    return found.name, max(severity, found.severity)


def _require(
    known: host_settings.Known,
    earlier: backends.Behaviour | None,
    told: _Counts,
    not_asked: Collection[str],
) -> None:
    """Refuse a report that lost what its own findings rest on.

    :param not_asked: names of rules that rest on more than the report tells
    """
    found: _Counts = collections.Counter(
        (finding.rule, finding.severity)
        for row in verdict.judge(known, earlier=earlier)
        for finding in row.found
    )
    not_asked = set(not_asked)
    if isinstance(known, host_settings.ImageSettings) and known.faulty:
        # Other releases propose other values for faulty ones.
        not_asked.update(
            one.name
            for one in registry.HOST_RULES
            if not one.holds_beside_faults
        )
    lost = [name for name, _severity in told - found]
    for name in filter(lambda one: one not in not_asked, lost):
        reason = _(
            'a report with a finding of %s that its own settings do not lead '
            'to: it was edited, or another release made it'
        )
        raise errors.ConfigurationError(reason % name)


def _unreadable(node: nodes.Node) -> host_settings.Unreadable:
    place = node['place']
    return host_settings.Unreadable(
        node['reason'].words(),
        place['name'].words_or_none() or '',
        place['line'].number_or_none(finding_reader.MOST_LINES) or 0,
    )


def _settings(host: nodes.Node) -> host_settings.ImageSettings:
    driver = _driver(host)
    found: dict[str, Any] = {}
    for node in host['settings'].items():
        name = node['name'].words()
        if name in found:
            node.fail(_('it is there twice'))
        # Others are of newer rules.
        if name in _OPTIONS:
            found[name] = _setting(node, _OPTIONS[name], driver)
    if len(found) < len(_OPTIONS):
        host['settings'].fail(_('an option is missing'))
    ignored = tuple(map(_lookalike, host['ignored'].items()))
    more = len(ignored[lookalikes.MOST :])
    # Releases before this field told all of them.
    if 'ignored_more' in host.value and host['ignored_more'].value != 0:
        more += (
            host['ignored_more'].number_or_none(finding_reader.MOST_LINES) or 0
        )
    return host_settings.ImageSettings(
        **found,
        driver=driver,
        lookalikes=ignored[: lookalikes.MOST],
        more_lookalikes=more,
        files=tuple(path.words() for path in host['files'].items()),
        libvirt_option=_libvirt_option(host, driver),
        process=_process(host),
        nova_release=_nova_release(host),
    )


def _driver(host: nodes.Node) -> drivers.Kind:
    """Return the kind of the host's compute_driver.

    Releases that knew fewer kinds called some of them unknown.
    """
    kind = host['driver'].one_of(_KINDS_OF_DRIVERS)
    if kind is not drivers.Kind.UNKNOWN:
        return kind
    for node in host['settings'].items():
        if node['name'].words() == opts.COMPUTE_DRIVER.name:
            shown = node['shown'].shown()
            if '$' not in shown and '...' not in shown:
                return drivers.kind_of(shown)
    return kind


def _libvirt_option(
    host: nodes.Node, driver: drivers.Kind
) -> parsing.Origin | None:
    # Releases before this field have none.
    if 'libvirt_option' not in host.value:
        return None
    node = host['libvirt_option']
    if node.value is None:
        return None
    origin = finding_reader.place(node)
    if (
        driver is not drivers.Kind.NONE
        or origin.kind not in finding_reader.NAMED
    ):
        node.fail(_('it does not fit to the driver'))
    return origin


def _nova_release(host: nodes.Node) -> str:
    # Releases before this field know none.
    if host.value.get('nova_release') is None:
        return ''
    words = host['nova_release'].words()
    if releases.parse(words) is None:
        host['nova_release'].fail(_('it is not the number of a release'))
    return words


def _process(host: nodes.Node) -> host_settings.Process | None:
    # Releases before this field look at none.
    if host.value.get('process') is None:
        return None
    node = host['process']
    process = host_settings.Process(
        node['started'].time_or_none(),
        tuple(
            host_settings.Changed(
                one['path'].words(),
                one['time'].time_or_none(),
                one['source'].words_or_none() or '',
            )
            for one in node['changed'].items()
        ),
        node['installed'].time_or_none(),
        tuple(one.words() for one in node['not_known'].items()),
    )
    is_told_so = (process.started is not None) is any(process.outline) and all(
        one.path and (one.at is None) is bool(one.source)
        for one in process.changed
    )
    if not is_told_so:
        node.fail(_('its parts do not fit together'))
    return process


def _setting(
    node: nodes.Node, option: opts.Option, driver: drivers.Kind
) -> host_settings.Setting[Any]:
    """Return a setting: the inverse of what the writer makes of it.

    :param driver: the kind of the host's compute_driver
    """
    fault = None
    if node['fault'].value is not None:
        fault = node['fault'].one_of(_FAULTS)
    elif option is opts.COMPUTE_DRIVER:
        if driver is drivers.Kind.UNLOADABLE:
            fault = host_settings.Fault.UNLOADABLE
    elif not _is_value(option, node['value'].value):
        node['value'].fail(_('it is not a value of the option'))
    shown = node['shown'].shown()
    told = node.value.get('meant')
    setting: host_settings.Setting[Any] = host_settings.Setting(
        option,
        node['value'].value,
        finding_reader.place(node['place']),
        shown,
        told,
        fault,
        tuple(map(finding_reader.place, node['places'].items())),
    )
    is_told_so = (
        setting.is_written is node['is_set'].flag()
        and (fault is None) is node['is_valid'].flag()
        and setting.written[-1:]
        == ((setting.origin,) if setting.is_written else ())
        and (setting.is_written or setting.value == option.opt.default)
        and _is_like_what_is_shown(setting, driver)
        and _is_like_what_is_meant(setting, driver)
    )
    if not is_told_so:
        node.fail(_('its parts do not fit together'))
    return dataclasses.replace(setting, meant=_meant(setting, driver))


def _is_value(option: opts.Option, value: object) -> bool:
    if option is opts.IMAGES_TYPE:
        return value in opts.IMAGES_TYPES
    return isinstance(value, bool)


def _meant(
    setting: host_settings.Setting[Any], driver: drivers.Kind
) -> object:
    """Return what was meant, as this release sees it: others guessed more.

    What is shown tells it, but of a driver that is a reference.
    """
    is_driver = setting.option is opts.COMPUTE_DRIVER
    if not is_driver or '$' not in setting.shown:
        if setting.fault is None:
            return None
        return intentions.evident(setting.option, setting.shown)
    is_unloadable = driver is drivers.Kind.UNLOADABLE
    if is_unloadable and setting.meant not in drivers.LOADABLE:
        return None
    return setting.meant


def _start(shown: str) -> str:
    return shown.partition('...')[0]


def _is_like_what_is_shown(
    setting: host_settings.Setting[Any], driver: drivers.Kind
) -> bool:
    value, shown = setting.value, setting.shown
    is_driver = setting.option is opts.COMPUTE_DRIVER
    is_reference = '$' in shown
    if setting.fault in writer.FAULTS:
        is_known = is_driver and driver is not drivers.Kind.NONE
        return value is None and not is_known
    if not is_driver:
        return is_reference or (
            lookalikes.value_of(setting.option, shown) == value
        )
    if value is None:
        return is_reference or driver is drivers.Kind.NONE
    # The end of a name that is cut could tell more of its kind.
    kinds = {drivers.kind_of(shown), drivers.kind_of(_start(shown))}
    if _start(shown) != shown:
        kinds |= _KINDS_OF_OTHERS
    return bool(value == shown) and not is_reference and driver in kinds


def _is_like_what_is_meant(
    setting: host_settings.Setting[Any], driver: drivers.Kind
) -> bool:
    meant, fault = setting.meant, setting.fault
    if meant is None:
        return True
    if setting.option is not opts.COMPUTE_DRIVER:
        return fault is not None and _is_value(setting.option, meant)
    if not isinstance(meant, str):
        return False
    if fault is host_settings.Fault.UNLOADABLE:
        # Older releases took others for names of drivers, too.
        kind = drivers.kind_of(meant)
        return kind is drivers.Kind.UNKNOWN or kind in drivers.OF_NOVA
    is_reference = fault is None and setting.value is None
    return (
        is_reference
        and driver in drivers.OF_NOVA
        and drivers.kind_of(meant) is driver
    )


def _lookalike(node: nodes.Node) -> lookalikes.Lookalike:
    option = node['intended'].one_of(_INTENDED)
    return lookalikes.Lookalike(
        node['group'].shown(),
        node['name'].shown(),
        lookalikes.value_of(option, node['value'].words_or_none() or ''),
        finding_reader.place(node['place']),
        option,
        node['mistake'].one_of(_MISTAKES),
        header=_header(node),
    )


def _header(lookalike: nodes.Node) -> parsing.Origin | None:
    """Return the place of a header, None in reports of older releases."""
    is_told = lookalike.value.get('header') is not None
    return finding_reader.place(lookalike['header']) if is_told else None
