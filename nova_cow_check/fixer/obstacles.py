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
"""Why an edit of files cannot, or must not, end a finding."""

from __future__ import annotations

from collections.abc import Iterator
import re

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check.fixer import edits
from nova_cow_check import origins
from nova_cow_check.rules import ignored_setting
from nova_cow_check import settings


def find(
    finding: findings.Finding,
    configuration_: configuration.Configuration,
    is_asked: bool,
) -> str:
    """Return what keeps a finding from being fixed, '' if nothing does.

    :param configuration_: the one that was judged
    :param is_asked: whether the finding's rule was asked for by name
    :returns: one sentence without any text of a file
    """
    is_ignored = finding.rule == ignored_setting.IGNORED_SETTING.name
    if is_ignored and not is_asked:
        return _(
            'Whether to remove or to move a line that Nova ignores is your '
            'choice: it is removed only with --rule ignored-setting.'
        )
    changes = edits.of(finding)
    if not changes:
        return _('There is no setting that ends it.')
    return next(
        (
            reason
            for change in changes
            for reason in _of_change(change, configuration_)
        ),
        '',
    )


def after_removal(
    finding: findings.Finding, after: settings.ImageSettings
) -> str:
    """Return why the removal of an option was of no use, '' if it was.

    A source that the files beat shows only when they are silent.
    """
    removed = {
        (change.group, change.name)
        for change in edits.of(finding)
        if change.action is findings.Action.REMOVE
    }
    for setting in after.all:
        option = setting.option
        if (option.group, option.name) in removed and setting.is_written:
            return _elsewhere(setting.origin)
    return ''


def _of_change(
    change: findings.Change, configuration_: configuration.Configuration
) -> Iterator[str]:
    kinds = origins.OriginKind
    if change.origin.kind not in (kinds.FILE, kinds.DEFAULT):
        yield _elsewhere(change.origin)
    elif not configuration_.files:
        yield _('There is no file to write to.')
    if _has_several_lines(change.origin, configuration_):
        reason = _(
            'The value at %s has more than one line, and the others may have '
            'been meant for another option: edit it by hand.'
        )
        yield reason % describe.place(change.origin)
    for reference in _references(change, configuration_):
        reason = _(
            '%(place)s refers to $%(name)s, and its value would change, too: '
            'edit both by hand.'
        )
        yield reason % {
            'place': describe.place(reference),
            'name': change.name,
        }


def _elsewhere(origin: origins.Origin) -> str:
    kinds = origins.OriginKind
    reason = {
        kinds.ENVIRONMENT: _(
            'It is set by the %s, not by a file: change it where '
            'nova-compute gets its environment from.'
        ),
        kinds.CONFIG_SOURCE: _(
            'It is set by the %s, not by a file: change it there.'
        ),
    }.get(
        origin.kind,
        _('It is not set by a file (%s): change it where it is.'),
    )
    return reason % describe.place(origin)


def _has_several_lines(
    origin: origins.Origin, configuration_: configuration.Configuration
) -> bool:
    return any(
        len([line for line in found.text.split('\n') if line.strip()]) > 1
        for found in configuration_.all_assignments()
        if found.origin == origin
    )


def _references(
    change: findings.Change, configuration_: configuration.Configuration
) -> Iterator[origins.Origin]:
    """Yield where other values refer to the option that is changed.

    Source of the form: oslo_config/cfg.py, ConfigOpts.Template.
    """
    reference = re.compile(
        rf'(?<![$\\])(?:\$\$)*\$\{{?(?:{re.escape(change.group)}\.)?'
        rf'{re.escape(change.name)}(?![\w.])',
        re.IGNORECASE,
    )
    own = (origins.normalize_group(change.group), change.name)
    for found in configuration_.all_assignments():
        key = (origins.normalize_group(found.group), found.name)
        if key != own and reference.search(found.text):
            yield found.origin
    for variable, value in configuration_.environment.items():
        if variable.startswith('OS_') and reference.search(value):
            yield origins.Origin(origins.OriginKind.ENVIRONMENT, variable)
