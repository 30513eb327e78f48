# SPDX-License-Identifier: Apache-2.0

"""The rule `ignored-setting`: lines that Nova passes over in silence."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses

from nova_cow_check._i18n import _
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import lookalikes


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    for lookalike in host.lookalikes:
        group, name, _value, origin, *_others = lookalike
        yield this.finding(
            _explain(lookalike),
            [findings.remove(group, name, origin)],
            origin,
            alternative=_if_meant(lookalike, host),
        )


RULE = rule.HostRule(
    'ignored-setting',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.WARNING,
    rule.NOVA_OPTIONS,
    _look,
    holds_without_image_settings=True,
)


def _explain(lookalike: lookalikes.Lookalike) -> str:
    mistakes = lookalikes.Mistake
    reason = {
        mistakes.WRONG_GROUP: _(
            'Nova ignores %(written)s (%(place)s). Nova reads %(name)s in '
            'the group [%(group)s] only.'
        ),
        mistakes.DEFAULT_GROUP_CASE: _(
            'Nova ignores %(written)s (%(place)s). Nova reads %(name)s in '
            '[DEFAULT], which has to be written in capital letters.'
        ),
        mistakes.SPELLING: _(
            'Nova ignores %(written)s (%(place)s). Nova reads it only when '
            'spelt %(name)s.'
        ),
        mistakes.LEGACY_NAME: _(
            'Nova ignores %(written)s (%(place)s). Nova reads %(intended)s '
            'in its place since the Juno release.'
        ),
        mistakes.SIMILAR_NAME: _(
            'Nova ignores %(written)s (%(place)s). Nova has no such option; '
            'it has %(intended)s.'
        ),
    }[lookalike.mistake]
    group = printing.value_as_shown(lookalike.group)
    return reason % {
        'written': f'[{group}]/{printing.value_as_shown(lookalike.name)}',
        'place': wording.place(lookalike.origin),
        'name': lookalike.intended.name,
        'group': lookalike.intended.group,
        'intended': lookalike.intended,
    }


def _if_meant(
    lookalike: lookalikes.Lookalike, before: host_settings.ImageSettings
) -> findings.Alternative | None:
    """Return the right place of the line, None if its value fits nowhere.

    A value that does not fit is not shown: it may be another option's.
    """
    value, option = lookalike.value, lookalike.intended
    if value is None:
        return None
    now = getattr(before, option.name)
    change = findings.set_to(now, value)
    # What a reference stands for is known as what it means.
    after = before
    if value not in (now.value, now.meant):
        moved = {option.name: dataclasses.replace(now, value=value)}
        if option is opts.COMPUTE_DRIVER:
            moved['driver'] = drivers.kind_of(str(value))
        after = dataclasses.replace(before, **moved)
    return findings.Alternative(
        findings.Replacement((change,)), _effects(before, after)
    )


def _effects(
    before: host_settings.ImageSettings, after: host_settings.ImageSettings
) -> tuple[str, ...]:
    """Return what the change would change, a sentence each."""
    if after is before:
        return (_('Nothing changes: it has this value already.'),)
    old, new = _behaviour(before), _behaviour(after)
    changed = tuple(sentence for sentence in new if sentence not in old)
    return changed or (_('What becomes of a disk does not change.'),)


def _behaviour(host: host_settings.ImageSettings) -> tuple[str, ...]:
    """Return what Nova does with settings, a sentence each."""
    if host.driver not in rule.AS_LIBVIRT:
        return (_('The image settings do not apply.'),)
    novas = rule.behaviour_of(host)
    return (*wording.backend(novas), *wording.arrivals(novas))
