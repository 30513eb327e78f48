# SPDX-License-Identifier: Apache-2.0

"""The rule `ignored-setting`: lines that Nova passes over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import dataclasses
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.nova import operations
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.rules import disk_wording
from nova_cow_check.rules import existing_guests
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
        moved = _moved(lookalike, host)
        sentences = [
            _explain(lookalike),
            _explain_header(lookalike),
            '' if moved else _why_not_to_move(lookalike, host),
        ]
        yield this.finding(
            ' '.join(filter(None, sentences)),
            [findings.remove(group, name, origin)],
            origin,
            alternative=_if_meant(lookalike, moved, host),
        )
    if host.more_lookalikes:
        last = host.lookalikes[-1].origin
        sentence = _(
            'Nova ignores more lines like these: %(number)d that are not '
            'told one by one. The last one that is told: %(place)s.'
        )
        words = {'number': host.more_lookalikes, 'place': wording.place(last)}
        yield this.finding(sentence % words, (), last)


RULE = rule.HostRule(
    'ignored-setting',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.WARNING,
    rule.NOVA_OPTIONS,
    _look,
    drivers.AS_LIBVIRT | {drivers.Kind.UNLOADABLE},
    holds_without_compute_service=True,
    holds_beside_faults=True,
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
        mistakes.CONTINUATION: _(
            'Nova ignores %(name)s (%(place)s): white space before it makes '
            'the line a part of the value above it.'
        ),
        mistakes.OWN_OPTION: _(
            'Nothing reads %(written)s (%(place)s), and no waiver counts '
            'because of it. nova-cow-check has no such option; it has '
            '%(intended)s.'
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


def _explain_header(lookalike: lookalikes.Lookalike) -> str:
    """Tell of a header that is none, '' if there is no such above it."""
    if lookalike.header is None:
        return ''
    return _(
        'Above it, white space before [%(group)s] (%(place)s) makes that '
        'header a part of the value above it: remove the white space, if the '
        'section was to begin there.'
    ) % {
        'group': lookalike.intended.group,
        'place': wording.place(lookalike.header),
    }


def _moved(
    lookalike: lookalikes.Lookalike, before: host_settings.ImageSettings
) -> Mapping[str, str | bool]:
    """Return what would have to be set if an ignored line was meant.

    :param before: with the values that are proposed for faulty ones
    :returns: values by the names of options, safe beside the others, the
        intended one first; none if the value fits nowhere, or is not safe
    """
    value, option = lookalike.value, lookalike.intended
    if value is None or before.faulty:
        return {}
    if option is opts.COMPUTE_DRIVER:
        return {option.name: value}
    if before.driver not in drivers.AS_LIBVIRT:
        return {} if option is opts.IMAGES_TYPE else {option.name: value}
    images_type = before.images_type.value
    if option is opts.IMAGES_TYPE:
        return _backend_settings(
            str(value), before.use_cow_images.value, before
        )
    if option is opts.USE_COW_IMAGES and images_type == 'default':
        wanted = _backend_settings('default', bool(value), before)
        return {option.name: value, **wanted}
    novas = rule.behaviour_of(before)
    if option is opts.USE_COW_IMAGES:
        safe = operations.safe_use_cow_images(novas.backend)
        return {option.name: value} if value is safe else {}
    is_refused = novas._replace(force_raw_images=bool(value)).is_refused
    return {} if is_refused else {option.name: value}


def _backend_settings(
    images_type: str,
    use_cow_images: bool | None,
    before: host_settings.ImageSettings,
) -> dict[str, str | bool]:
    """Return what makes a host safe with an images_type.

    :param use_cow_images: what chooses the backend of ``default``
    """
    backend = backends.backend_of(images_type, use_cow_images is not False)
    if images_type == 'default':
        images_type = backend.value
    wanted: dict[str, str | bool] = {opts.IMAGES_TYPE.name: images_type}
    safe = operations.safe_use_cow_images(backend)
    if safe is not None:
        wanted[opts.USE_COW_IMAGES.name] = safe
    if (backend, before.force_raw_images.value) in backends.REFUSED_AT_START:
        wanted[opts.FORCE_RAW_IMAGES.name] = True
    return wanted


def _why_not_to_move(
    lookalike: lookalikes.Lookalike, before: host_settings.ImageSettings
) -> str:
    """Return why a value that fits is not to be set, '' if it does not."""
    if lookalike.value is None or before.faulty:
        return ''
    if before.driver not in drivers.AS_LIBVIRT:
        return ''
    if lookalike.intended is opts.FORCE_RAW_IMAGES:
        sentence = _(
            'In its right place it would keep nova-compute from starting, '
            'beside %(images_type)s.'
        )
    elif operations.arrivals(rule.behaviour_of(before)):
        sentence = _(
            'In its right place it would not be safe beside %(images_type)s.'
        )
    else:
        sentence = _(
            'In its right place it would have no effect beside '
            '%(images_type)s.'
        )
    return sentence % wording.by_name(before)


def _if_meant(
    lookalike: lookalikes.Lookalike,
    moved: Mapping[str, str | bool],
    before: host_settings.ImageSettings,
) -> findings.Alternative | None:
    """Return the right place of the line, None if it is not to be moved.

    A value that does not fit is not shown: it may be another option's.
    """
    if not moved:
        return None
    changes: list[findings.Change] = []
    values: dict[str, Any] = {}
    for name, value in moved.items():
        now: host_settings.AnySetting = getattr(before, name)
        # What a reference stands for is known as what it means.
        is_new = value not in (now.value, now.meant)
        if is_new:
            values[name] = _with(now, value)
        if is_new or now.option is lookalike.intended:
            changes.append(findings.set_to(now, value))
        elif now.is_written:
            changes.append(findings.keep(now))
        elif value is not _proposed_elsewhere(now, before):
            changes.append(findings.set_to(now, value))
    if opts.COMPUTE_DRIVER.name in values:
        values['driver'] = drivers.kind_of(str(lookalike.value))
    after = dataclasses.replace(before, **values) if values else before
    return findings.Alternative(
        findings.Replacement(tuple(changes)),
        _effects(before, after),
        _condition(before, after),
    )


def _proposed_elsewhere(
    setting: host_settings.AnySetting, host: host_settings.ImageSettings
) -> object:
    """Return what another finding can propose for what is not written."""
    if setting.option is not opts.USE_COW_IMAGES:
        return setting.value
    return operations.safe_use_cow_images(rule.behaviour_of(host).backend)


def _with(setting: host_settings.Setting[Any], value: object) -> object:
    return dataclasses.replace(setting, value=value)


def _condition(
    before: host_settings.ImageSettings, after: host_settings.ImageSettings
) -> str:
    """Return when to write what was meant."""
    if _disks(before) == _disks(after):
        return _('If it was meant, write in its place:')
    return _(
        'If it was meant, write in its place, but only on a host without '
        'instances, because disks that exist are not converted:'
    )


def _disks(host: host_settings.ImageSettings) -> object:
    """Return what decides in which form disks are, and are looked for."""
    if host.driver not in drivers.AS_LIBVIRT:
        return host.driver
    novas = rule.behaviour_of(host)
    is_qcow2 = novas.backend is backends.Backend.QCOW2
    return novas.backend, is_qcow2 and novas.force_raw_images


def _effects(
    before: host_settings.ImageSettings, after: host_settings.ImageSettings
) -> tuple[str, ...]:
    """Return what the change would change, a sentence each."""
    if after is before:
        return (_('Nothing changes: it has this value already.'),)
    old, new = _behaviour(before), _behaviour(after)
    if (
        before.driver is drivers.Kind.NONE
        and after.driver is not before.driver
    ):
        # Without a driver, nova-compute does not start.
        old = ()
    changed = tuple(sentence for sentence in new if sentence not in old)
    if not changed:
        return (_('What becomes of a disk does not change.'),)
    return (*changed, *_existing_guests(before, after))


def _existing_guests(
    before: host_settings.ImageSettings, after: host_settings.ImageSettings
) -> tuple[str, ...]:
    """Return what a change of the backend does to guests that exist."""
    if {before.driver, after.driver} - drivers.AS_LIBVIRT:
        return ()
    old, new = rule.behaviour_of(before), rule.behaviour_of(after)
    if old.backend is new.backend:
        return ()
    return (existing_guests.after_change(old.backend, new.backend),)


def _behaviour(host: host_settings.ImageSettings) -> tuple[str, ...]:
    """Return what Nova does with settings, a sentence each."""
    if host.driver not in drivers.AS_LIBVIRT:
        return (_('The image settings do not apply.'),)
    novas = rule.behaviour_of(host)
    return (*disk_wording.backend(novas), *disk_wording.arrivals(novas))
