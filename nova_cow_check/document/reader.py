# SPDX-License-Identifier: Apache-2.0

"""A report that was made on a host, in place of its configuration.

The settings are read back as they were written. The rules judge them again,
so that all hosts are judged by the same release; what the report itself
found must be among what they find.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check.document import nodes
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import intentions
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing

_KINDS_OF_DRIVERS = writer.meanings(drivers.Kind)
#: Which of them it is, the end of a name can tell.
_KINDS_OF_OTHERS = frozenset(
    {drivers.Kind.DERIVED, drivers.Kind.UNKNOWN, drivers.Kind.UNLOADABLE}
)
_KINDS_OF_PLACES = writer.meanings(parsing.OriginKind)
_SEVERITIES = writer.meanings(findings.Severity)
_MISTAKES = writer.meanings(lookalikes.Mistake)
_FAULTS = writer.meanings(writer.FAULTS)
_OPTIONS = {option.name: option for option in opts.OPTIONS}

#: No file that is read has more.
_MOST_LINES = 16 * 1024**2

_NAMED = frozenset({parsing.OriginKind.FILE, parsing.OriginKind.ENVIRONMENT})

_DAY = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}')

#: How often a rule holds, and how bad that is.
_Counts = collections.Counter[tuple[str, findings.Severity]]


def parse(
    data: bytes, today: datetime.date
) -> tuple[host_settings.Known, tuple[findings.Waiver, ...]]:
    """Read the settings of the host, and the waivers that were applied.

    :param today: a waiver whose last day is before this one has expired
    :raises ConfigurationError: if it is no report of one host, or one that
        contradicts itself
    """
    host = _only_host(nodes.parse(data))
    found = [
        finding
        for check in host['checks'].items()
        for finding in check['findings'].items()
    ]
    told: _Counts = collections.Counter(map(_rule, found))
    is_read = host['unreadable'].value is None
    known = _settings(host) if is_read else _unreadable(host['unreadable'])
    _require(known, told)
    accepted = (
        _waiver(finding, today)
        for finding in found
        if finding['waiver'].value is not None
    )
    return known, tuple(dict.fromkeys(accepted))


def _only_host(document: nodes.Node) -> nodes.Node:
    version = document['report_version']
    if type(version.value) is not int or version.value != writer.VERSION:
        version.fail(_('it is not %d') % writer.VERSION)
    name = document['program']['name']
    if name.words() != writer.PROGRAM:
        name.fail(_('it is another program'))
    hosts = document['hosts'].items()
    if len(hosts) != 1:
        reason = _('a report on %d hosts, not on one') % len(hosts)
        raise errors.ConfigurationError(reason)
    return hosts[0]


def _rule(finding: nodes.Node) -> tuple[str, findings.Severity]:
    rule = finding['rule'].words()
    if rule not in registry.RULES:
        reason = _(
            'a report with a rule that this release does not know: a newer '
            'one made it'
        )
        raise errors.ConfigurationError(reason)
    severity = finding['severity'].one_of(_SEVERITIES)
    # An earlier release took some rules for less bad.
    return rule, max(severity, registry.RULES[rule].severity)


def _require(known: host_settings.Known, told: _Counts) -> None:
    """Refuse a report that lost what its own findings rest on."""
    found: _Counts = collections.Counter(
        (finding.rule, finding.severity)
        for row in verdict.judge(known)
        for finding in row.found
    )
    of_proposed = set()
    if isinstance(known, host_settings.ImageSettings) and known.faulty:
        # Other releases propose other values for faulty ones.
        of_proposed = {
            one.name
            for one in registry.HOST_RULES
            if not one.holds_beside_faults
        }
    lost = [rule for rule, _severity in told - found]
    for rule in filter(lambda one: one not in of_proposed, lost):
        reason = _(
            'a report with a finding of %s that its own settings do not lead '
            'to: it was edited, or another release made it'
        )
        raise errors.ConfigurationError(reason % rule)


def _unreadable(node: nodes.Node) -> host_settings.Unreadable:
    place = node['place']
    return host_settings.Unreadable(
        node['reason'].words(),
        place['name'].words_or_none() or '',
        place['line'].number_or_none(_MOST_LINES) or 0,
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
        more += host['ignored_more'].number_or_none(_MOST_LINES) or 0
    return host_settings.ImageSettings(
        **found,
        driver=driver,
        lookalikes=ignored[: lookalikes.MOST],
        more_lookalikes=more,
        files=tuple(path.words() for path in host['files'].items()),
        libvirt_option=_libvirt_option(host, driver),
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
    origin = _place(node)
    if driver is not drivers.Kind.NONE or origin.kind not in _NAMED:
        node.fail(_('it does not fit to the driver'))
    return origin


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
        _place(node['place']),
        shown,
        told,
        fault,
        tuple(map(_place, node['places'].items())),
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
    option = node['intended'].one_of(_OPTIONS)
    return lookalikes.Lookalike(
        node['group'].shown(),
        node['name'].shown(),
        lookalikes.value_of(option, node['value'].words_or_none() or ''),
        _place(node['place']),
        option,
        node['mistake'].one_of(_MISTAKES),
        header=_header(node),
    )


def _header(lookalike: nodes.Node) -> parsing.Origin | None:
    """Return the place of a header, None in reports of older releases."""
    is_told = lookalike.value.get('header') is not None
    return _place(lookalike['header']) if is_told else None


def _place(node: nodes.Node) -> parsing.Origin:
    kind = node['kind'].one_of(_KINDS_OF_PLACES)
    name = node['name'].words_or_none() or ''
    if not name and kind in _NAMED:
        node['name'].fail(_('it is missing'))
    line = node['line'].number_or_none(_MOST_LINES) or 0
    return parsing.Origin(kind, name, line)


def _waiver(finding: nodes.Node, today: datetime.date) -> findings.Waiver:
    """Return the waiver of a finding, for whatever the host is called."""
    node = finding['waiver']
    rule = node['rule'].words()
    if rule != finding['rule'].words():
        node['rule'].fail(_('it is not the rule of the finding'))
    expires = _day(node['expires'])
    return findings.Waiver(
        rule,
        hosts=(),
        reason=node['reason'].words(),
        expires=expires,
        is_expired=expires is not None and expires < today,
        origin=_place(node['place']),
    )


def _day(node: nodes.Node) -> datetime.date | None:
    day = node.words_or_none()
    if day is None:
        return None
    if _DAY.fullmatch(day):
        try:
            return datetime.date.fromisoformat(day)
        except ValueError:
            pass
    node.fail(_('it is not a date such as 2027-01-31'))
