# SPDX-License-Identifier: Apache-2.0

"""What keeps a finding from being fixed: the one answer for all who ask.

`fix` writes, and SARIF offers, what nothing here keeps from it. What only
the writing meets, such as a file that is read-only or has two names, is not
known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nova_cow_check._i18n import _
from nova_cow_check.fixer import edits
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import limits
from nova_cow_check.settings import parsing

_ABOUT_ONE_HOST = frozenset(one.name for one in registry.HOST_RULES)


def is_about_one_host(rule: str) -> bool:
    """Return whether settings of a host can end findings of a rule.

    Those that compare hosts propose what a host without instances can be
    given, which no one but its operator knows; and a host that could not be
    read has no settings.
    """
    return rule in _ABOUT_ONE_HOST


def of(finding: findings.Finding, host: host_settings.ImageSettings) -> str:
    """Return what keeps a finding from being fixed, '' if nothing does.

    :param host: the settings that it was found in
    :returns: one sentence without any text of a file
    """
    if reason := of_edits(finding, host):
        return reason
    made = edits.of(finding.replacement.changes, host) or ()
    for path in dict.fromkeys(edit.path for edit in made):
        if generated := limits_of(path, host).generated:
            return _(
                '%(words)s; an edit would be lost: write it where that tool '
                'takes it from.'
            ) % {'words': generated}
    return ''


def of_edits(
    finding: findings.Finding, host: host_settings.ImageSettings
) -> str:
    """Return what keeps its edits from being made, as `of` does.

    Only that a tool would write over them is not looked at: what they make
    of the files is what to write for that tool.
    """
    return next(_of_edits(finding, host), '')


def limits_of(path: str, host: host_settings.ImageSettings) -> limits.Limits:
    """Return what keeps an edit from a file."""
    return dict(host.limits).get(path, limits.Limits())


def elsewhere(origin: parsing.Origin) -> str:
    """Return why what is not set by a file is not changed."""
    kinds = parsing.OriginKind
    reason = _('It is not set by a file (%s): change it where it is.')
    if origin.kind is kinds.ENVIRONMENT:
        reason = _(
            'It is set by the %s, not by a file: change it where '
            'nova-compute gets its environment from.'
        )
    elif origin.kind is kinds.CONFIG_SOURCE:
        reason = _('It is set by the %s, not by a file: change it there.')
    return reason % wording.place(origin)


def _of_edits(
    finding: findings.Finding, host: host_settings.ImageSettings
) -> Iterator[str]:
    if not finding.counts:
        yield _('A waiver accepts it.')
    if finding.guest is not None:
        yield _('No setting ends it: the finding has the repair of the guest.')
    if not is_about_one_host(finding.rule):
        yield _('It takes a host without instances: write it by hand.')
    to_write = findings.to_make(finding.replacement.changes)
    if not to_write:
        yield from _without_a_setting(finding)
    for change in to_write:
        yield from _of_change(change, host)
    if any(not one.is_regular for _path, one in host.limits):
        yield _('A file that was read is not a regular file.')
    if any(one.leads_out for _path, one in host.limits):
        yield _(
            'It was read through a link out of its folder: fix it where it is.'
        )
    made = edits.of(to_write, host)
    if made is None:
        yield _('There is no place in a file for it.')
    yield from _too_large(made or (), to_write, host)


def _without_a_setting(finding: findings.Finding) -> Iterator[str]:
    if finding.rule == invalid_setting.RULE.name:
        (origin,) = finding.origins
        if origin.kind is not parsing.OriginKind.FILE:
            yield elsewhere(origin)
        yield from _of_lines(origin)
        yield _(
            'No value is proposed for it: choose one, and write it by hand.'
        )
    yield _('There is no setting that ends it.')


def _of_change(
    change: findings.Change, host: host_settings.ImageSettings
) -> Iterator[str]:
    kinds = parsing.OriginKind
    if change.origin.kind not in (kinds.FILE, kinds.DEFAULT):
        yield elsewhere(change.origin)
    elif not host.files:
        yield _('There is no file to write to.')
    yield from _of_lines(change.origin)
    for reference in host.references:
        if not reference.is_to(change.group, change.name):
            continue
        reason = _(
            '%(place)s refers to $%(name)s, and its value would change, too: '
            'edit both by hand.'
        )
        place = wording.place(reference.origin)
        yield reason % {'place': place, 'name': change.name}
    setting = edits.setting_of(change, host)
    is_removed = change.action is findings.Action.REMOVE
    if is_removed and setting is not None and setting.editing.source:
        # It would show when the files are silent.
        yield elsewhere(setting.editing.source)


def _of_lines(origin: parsing.Origin) -> Iterator[str]:
    if origin.lines > 1:
        reason = _(
            'The value at %s has more than one line, and the others may have '
            'been meant for another option: edit it by hand.'
        )
        yield reason % wording.place(origin)


def _too_large(
    made: Iterable[edits.Edit],
    changes: Iterable[findings.Change],
    host: host_settings.ImageSettings,
) -> Iterator[str]:
    """Yield which file would be larger than one that is read."""
    added = sum(
        limits.LARGEST_CHANGE for one in changes if one.value is not None
    )
    for edit in made:
        if limits_of(edit.path, host).room < added:
            reason = _(
                '%s would be larger than a file that is read: make it '
                'smaller by hand.'
            )
            path = parsing.Origin(parsing.OriginKind.FILE, edit.path)
            yield reason % wording.place(path)
