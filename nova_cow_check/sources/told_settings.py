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


"""The settings that a report tells of.

Where that leaves a choice which a rule could notice, there is more than one
answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import itertools
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import opts
from nova_cow_check.rules import invalid_setting
from nova_cow_check import settings
from nova_cow_check.sources import json_values
from nova_cow_check.sources import told_findings
from nova_cow_check.sources import told_values

_KINDS = {kind.value: kind for kind in drivers.Kind}

_OPTIONS = {option.name: option for option in opts.OPTIONS}

#: Different values that findings propose; no host has more.
_MOST_MEANT = 10

_FAULTS = {fault.value: fault for fault in settings.Fault}


def possible(
    host: json_values.Node, told: Sequence[told_findings.Told]
) -> Iterator[dict[str, Any]]:
    """Yield settings that a report would show so, by name.

    The likely ones come first.

    :param told: the findings that it has on them
    :raises ConfigurationError: if no settings would be shown so
    """
    nodes = _by_name(host)
    kind = host['driver'].one_of(_KINDS)
    values = (value for one in told for *_names, value in one.changes)
    meant = list(dict.fromkeys(filter(None, values)))[:_MOST_MEANT]
    choices = [
        _settings(node, _OPTIONS[name], kind, meant)
        for name, node in nodes.items()
    ]
    return (dict(zip(nodes, chosen)) for chosen in itertools.product(*choices))


def _by_name(host: json_values.Node) -> dict[str, json_values.Node]:
    """Return the options that are read here; others are of newer rules."""
    found: dict[str, json_values.Node] = {}
    for node in host['settings'].items():
        name = node['name'].words()
        if name in found:
            node.fail(_('it is there twice'))
        if name in _OPTIONS:
            found[name] = node
    if len(found) < len(opts.OPTIONS):
        host['settings'].fail(_('an option is missing'))
    return found


def _settings(
    node: json_values.Node,
    option: opts.Option,
    kind: drivers.Kind,
    meant: Sequence[str],
) -> list[settings.Setting[Any]]:
    """Return what an option may be, at least one answer.

    :param kind: of the compute_driver
    """
    fault = None
    if node['fault'].value is not None:
        fault = node['fault'].one_of(_FAULTS)
    origin = told_findings.place(node['place'])
    written = tuple(map(told_findings.place, node['places'].items()))
    if option is opts.COMPUTE_DRIVER:
        choices = told_values.of_driver(node, origin, fault, kind, meant)
    else:
        choices = told_values.of_option(node, option, origin, fault, meant)
    found = [
        settings.Setting(option, value, origin, text, fault, written)
        for value, text in choices
    ]
    fitting = [setting for setting in found if _fits(setting, node)]
    if not fitting:
        node.fail(_('its parts do not fit together'))
    return fitting


def _fits(setting: settings.Setting[Any], node: json_values.Node) -> bool:
    """Return whether a report would show a setting so."""
    last = setting.written[-1:]
    default = setting.option.opt.default
    return (
        describe.value(setting) == node['shown'].words()
        and invalid_setting.has_fault(setting) is not node['is_valid'].flag()
        and setting.is_written is node['is_set'].flag()
        and (
            last == (setting.origin,)
            if setting.is_written
            else not last and setting.value == default
        )
        and (setting.fault is None or node['value'].value is None)
    )
