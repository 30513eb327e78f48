# SPDX-License-Identifier: Apache-2.0

"""The sentences about one host: settings, findings, waivers; safe to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

if TYPE_CHECKING:
    from nova_cow_check.rules import extras


def place(origin: parsing.Origin) -> str:
    """Return for example ``/etc/nova/nova.conf:12``."""
    kinds = parsing.OriginKind
    name = printing.printable(origin.name)
    if origin.kind is kinds.FILE:
        if not name:
            return _('all of it')
        return f'{name}:{origin.line}' if origin.line else name
    if origin.kind is kinds.ENVIRONMENT:
        return _('environment variable %s') % name
    if origin.kind is kinds.CONFIG_SOURCE:
        return _('config_source %s') % name
    if origin.kind is kinds.OVERRIDE:
        return _('set by the program')
    if origin.kind is kinds.UNKNOWN:
        return _('set, place not known')
    return _('not set')


def setting(item: host_settings.AnySetting) -> str:
    """Return for example ``[libvirt]/images_type = raw (nova.conf:3)``."""
    if item.value is None and not item.is_written:
        return f'{item.option} ({place(item.origin)})'
    return f'{item.option} = {item.shown} ({place(item.origin)})'


def by_name(host: host_settings.ImageSettings) -> dict[str, str]:
    """Return all settings of a host in words, by the option's name."""
    return {item.option.name: setting(item) for item in host.all}


def of_process(host: host_settings.ImageSettings) -> tuple[str, ...]:
    """Return what is known of the nova-compute that goes by the settings."""
    sentences = []
    if host.nova_release:
        words = _('Judged as Nova %s, by its number.')
        if host.process is not None and host.process.installed:
            words = _(
                'Judged as Nova %s, by its number; until its next start, '
                'nova-compute runs the code of before.'
            )
        sentences.append(words % printing.printable(host.nova_release))
    if host.process is not None and host.process.not_known:
        sentences.append(
            _(
                'Whether nova-compute goes by what was read, or by earlier '
                'values, cannot be told of all of it: kolla copies files '
                'after the process of the container was started, and a '
                'config_source tells no time.'
            )
        )
    return tuple(sentences)


def waiver(one: findings.Waiver) -> str:
    """Return for example ``Waived until 2027-01-31 (waivers.yaml:3): why``."""
    words = {
        'day': one.expires,
        'place': place(one.origin),
        'reason': printing.printable(' '.join(one.reason.split())),
    }
    if one.is_expired:
        sentence = _(
            'Counts: its waiver expired on %(day)s (%(place)s): %(reason)s'
        )
    elif one.expires:
        sentence = _('Waived until %(day)s (%(place)s): %(reason)s')
    else:
        sentence = _('Waived (%(place)s): %(reason)s')
    return sentence % words


class Paragraph(NamedTuple):
    """A piece of the details; only text may be wrapped or indented."""

    text: str
    #: A line to copy as it is: for nova.conf, or an option.
    is_setting: bool = False


def heading(finding: findings.Finding) -> str:
    """Return for example ``Warning: implicit-image-backend``."""
    heading = {
        (findings.Severity.NOTE, True): _('Note: %s'),
        (findings.Severity.NOTE, False): _('Note, waived: %s'),
        (findings.Severity.WARNING, True): _('Warning: %s'),
        (findings.Severity.WARNING, False): _('Warning, waived: %s'),
        (findings.Severity.FAILURE, True): _('Failure: %s'),
        (findings.Severity.FAILURE, False): _('Failure, waived: %s'),
    }[finding.severity, finding.counts]
    return heading % finding.rule


def body(finding: findings.Finding) -> Iterator[Paragraph]:
    """Yield what is wrong, and what to write instead."""
    if finding.waiver is not None:
        yield Paragraph(waiver(finding.waiver))
    yield Paragraph(finding.explanation)
    if finding.apart is not None:
        yield from _apart(finding.apart)
    yield from _changes(finding.replacement.changes)
    yield from _choice(finding.replacement)
    if finding.alternative is not None:
        yield from _alternative(finding.alternative)
    for step in finding.guest.steps if finding.guest else ():
        yield Paragraph(step.words)
        for line in step.commands.splitlines():
            yield Paragraph(printing.printable(line), is_setting=True)


def anywhere(
    replacement: findings.Replacement, condition: str = ''
) -> Iterator[Paragraph]:
    """Yield what to write on several hosts, whatever its places there.

    :param condition: when to write it, with a colon at its end, or ''
    """
    changes, actions = replacement.changes, findings.Action
    if condition:
        yield Paragraph(condition)
    if any(change.action is actions.SET for change in changes):
        if not condition:
            yield Paragraph(_('Write in nova.conf:'))
        yield from _settings(
            c for c in changes if c.action is not actions.REMOVE
        )
    for change in changes:
        if change.action is actions.REMOVE:
            yield Paragraph(
                _('Remove [%(group)s]/%(name)s.')
                % {
                    'group': printing.value_as_shown(change.group),
                    'name': printing.value_as_shown(change.name),
                }
            )
    yield from _choice(replacement)


def unused(unmatched: Iterable[findings.Waiver]) -> str:
    """Return a sentence with the waivers that no finding matches."""
    return _('Waivers that matched nothing: %s.') % ', '.join(
        f'{waiver.rule} ({place(waiver.origin)})' for waiver in unmatched
    )


def _apart(apart: extras.Apart) -> Iterator[Paragraph]:
    if not apart.options:
        yield Paragraph(
            _(
                'If this host exchanges instances with none of those, say so '
                'with --group, and they are not compared.'
            )
        )
        return
    if apart.in_place_of:
        words = _(
            'If this host exchanges instances with none of those, give in '
            'place of --group %s=..., and they are not compared:'
        ) % printing.printable(apart.in_place_of)
    else:
        words = _(
            'If this host exchanges instances with none of those, add to the '
            'command, and they are not compared:'
        )
    yield Paragraph(words)
    for option in apart.options:
        yield Paragraph(printing.printable(option), is_setting=True)


def _alternative(alternative: findings.Alternative) -> Iterator[Paragraph]:
    yield Paragraph(alternative.condition)
    yield from _written(alternative.replacement.changes)
    if alternative.effects:
        yield Paragraph(_('With it: %s') % ' '.join(alternative.effects))
    yield from _choice(alternative.replacement)


def _choice(replacement: findings.Replacement) -> Iterator[Paragraph]:
    if replacement.not_with:
        sentence = _('Choose between this and what %s proposes: not both.')
        yield Paragraph(sentence % ', '.join(replacement.not_with))


def _changes(changes: Sequence[findings.Change]) -> Iterator[Paragraph]:
    if any(change.action is findings.Action.SET for change in changes):
        yield Paragraph(_('Write in nova.conf:'))
    yield from _written(changes)


def _written(changes: Sequence[findings.Change]) -> Iterator[Paragraph]:
    """Yield settings as they are written, and where each change belongs."""
    actions = findings.Action
    if any(change.action is actions.SET for change in changes):
        yield from _settings(
            c for c in changes if c.action is not actions.REMOVE
        )
    for change in changes:
        if sentence := _place(change):
            yield Paragraph(sentence)


def _settings(changes: Iterable[findings.Change]) -> Iterator[Paragraph]:
    group = None
    for change in sorted(
        changes, key=lambda c: (c.group != 'DEFAULT', c.group)
    ):
        if change.group != group:
            group = change.group
            yield Paragraph(f'[{group}]', is_setting=True)
        yield Paragraph(f'{change.name} = {change.value}', is_setting=True)


def _place(change: findings.Change) -> str:
    """Tell where a change belongs, '' if that is just anywhere."""
    actions, kinds = findings.Action, parsing.OriginKind
    if change.action is actions.REMOVE:
        sentence = _('Remove %(name)s: %(place)s.')
    elif change.action is actions.KEEP:
        sentence = _('Keep %(name)s = %(value)s: %(place)s.')
    elif change.origin.kind is kinds.FILE:
        sentence = _('Replace %(name)s at %(place)s.')
    elif change.origin.kind in (kinds.ENVIRONMENT, kinds.OVERRIDE):
        sentence = _(
            'Change %(name)s where it comes from, which beats nova.conf: '
            '%(place)s.'
        )
    else:
        return ''
    return sentence % {
        'name': printing.value_as_shown(change.name),
        'value': change.value,
        'place': place(change.origin),
    }
