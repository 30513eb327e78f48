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


"""A report that was made on a host, in place of its configuration.

The rules judge it again, so that all hosts are judged by the same release;
what the report itself found must be among what they find.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import itertools

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import findings
from nova_cow_check.formats import data
from nova_cow_check.rules import ignored_setting
from nova_cow_check import settings
from nova_cow_check.sources import files
from nova_cow_check.sources import json_values
from nova_cow_check.sources import root as roots
from nova_cow_check.sources import told_findings
from nova_cow_check.sources import told_lookalikes
from nova_cow_check.sources import told_settings
from nova_cow_check import verdict
from nova_cow_check import waivers

#: Answers to try; one is right but for values that are very odd.
_MOST_TRIED = 100


def read(path: str) -> tuple[settings.Known, tuple[waivers.Waiver, ...]]:
    """Read the settings of the host, and the waivers that were applied.

    :raises ConfigurationError: if it is no report of one host, or one that
        contradicts itself
    """
    return parse(_read(path), datetime.date.today())


def parse(
    data_: bytes, today: datetime.date
) -> tuple[settings.Known, tuple[waivers.Waiver, ...]]:
    """Parse a report.

    :param today: a waiver whose last day is before this one has expired
    :raises ConfigurationError: as `read` does
    """
    host = _only_host(json_values.parse(data_))
    told = told_findings.told(host)
    known = _known(host, told)
    return known, told_findings.accepted(host, today)


def _read(path: str) -> bytes:
    try:
        # Not as a root of our own: what is no file is not waited for.
        found = files.read_bytes(path, roots.Root(''))
    except OSError as error:
        raise errors.ConfigurationError(
            _('cannot be read: %s') % error.strerror
        ) from None
    if len(found) > files.LARGEST_FILE:
        raise errors.ConfigurationError(
            _('larger than %d MiB: not a report of one host')
            % (files.LARGEST_FILE // 1024**2)
        )
    return found


def _only_host(document: json_values.Node) -> json_values.Node:
    version = document['report_version']
    if type(version.value) is not int or version.value != data.VERSION:
        version.fail(_('it is not %d') % data.VERSION)
    name = document['program']['name']
    if name.words() != data.PROGRAM:
        name.fail(_('it is another program'))
    hosts = document['hosts'].items()
    if len(hosts) != 1:
        raise errors.ConfigurationError(
            _('a report on %d hosts, not on one') % len(hosts)
        )
    return hosts[0]


def _known(
    host: json_values.Node, told: tuple[told_findings.Told, ...]
) -> settings.Known:
    if host['unreadable'].value is not None:
        return _unreadable(host['unreadable'], told)
    known = dataclasses.replace(
        _settings(host, told), lookalikes=told_lookalikes.of(host)
    )
    _check(known, told)
    return known


def _settings(
    host: json_values.Node, told: tuple[told_findings.Told, ...]
) -> settings.ImageSettings:
    """Return the settings, without the ignored lines.

    Of several answers, the one that leads to the same findings. There is
    none if another release made the report, in other words.
    """
    ignored = ignored_setting.IGNORED_SETTING.name
    others = tuple(one for one in told if one.rule != ignored)
    files_read = tuple(path.words() for path in host['files'].items())
    answers = [
        settings.ImageSettings(**chosen, files=files_read)
        for chosen in itertools.islice(
            told_settings.possible(host, told), _MOST_TRIED
        )
    ]
    for answer in answers:
        if told_findings.of(verdict.judge(answer)) == others:
            return answer
    return answers[0]


def _unreadable(
    node: json_values.Node, told: tuple[told_findings.Told, ...]
) -> settings.Unreadable:
    place = node['place']
    known = settings.Unreadable(
        node['reason'].words(),
        place['name'].words_or_none() or '',
        place['line'].number_or_none(files.LARGEST_FILE) or 0,
    )
    _check(known, told)
    return known


def _check(
    known: settings.Known, told: tuple[told_findings.Told, ...]
) -> None:
    """Refuse a report that lost what its own findings rest on."""
    missing = _counted(told) - _counted(told_findings.of(verdict.judge(known)))
    for rule, _severity in missing:
        raise errors.ConfigurationError(
            _(
                'a report with a finding of %s that its own settings do not '
                'lead to: it was edited, or another release made it'
            )
            % rule
        )


def _counted(
    told: tuple[told_findings.Told, ...],
) -> collections.Counter[tuple[str, findings.Severity]]:
    return collections.Counter(
        (finding.rule, finding.severity) for finding in told
    )
