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


"""The ignored lines that a report tells of."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check.formats import data_parts
from nova_cow_check import lookalikes
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check.sources import json_values
from nova_cow_check.sources import shown_texts
from nova_cow_check.sources import told_findings

_MISTAKES = {data_parts.word(one): one for one in lookalikes.Mistake}

_OPTIONS = {one.name: one for one in opts.OPTIONS}


def of(host: json_values.Node) -> tuple[lookalikes.Lookalike, ...]:
    """Return the lines that were meant to set an option, but do not.

    :raises ConfigurationError: if it is no host of a report
    """
    return tuple(map(_lookalike, host['ignored'].items()))


def _lookalike(node: json_values.Node) -> lookalikes.Lookalike:
    # A value that the option does not take is not told, and is none.
    value = node['value'].words_or_none() or ''
    return lookalikes.Lookalike(
        origins.Assignment(
            _name(node['group']),
            _name(node['name']),
            value,
            told_findings.place(node['place']),
        ),
        node['intended'].one_of(_OPTIONS),
        node['mistake'].one_of(_MISTAKES),
    )


def _name(node: json_values.Node) -> str:
    for name in shown_texts.possible(node.words()):
        return name
    node.fail(_('no name is shown so'))
