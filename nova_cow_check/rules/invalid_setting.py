# SPDX-License-Identifier: Apache-2.0

"""The rule `invalid-setting`, and what its replacement makes of a host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import dataclasses

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.nova import operations
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import intentions
from nova_cow_check.settings import parsing


def repaired(host: host_settings.ImageSettings) -> host_settings.ImageSettings:
    """Return the settings with the values that are proposed.

    That is what was evidently meant, if it is safe beside the others; every
    other fault stays. Where none is left, the other rules judge these
    settings, so that one round of edits is enough.
    """
    compute_driver, kind = host.compute_driver, host.driver
    if compute_driver.fault and compute_driver.meant is not None:
        kind = drivers.kind_of(compute_driver.meant)
        compute_driver = _replaced(compute_driver, compute_driver.meant)
    images_type = _images_type(host)
    return dataclasses.replace(
        host,
        compute_driver=compute_driver,
        driver=kind,
        images_type=images_type,
        use_cow_images=_use_cow_images(host.use_cow_images, images_type, kind),
        force_raw_images=_force_raw_images(
            host.force_raw_images, images_type, kind
        ),
    )


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    after = repaired(host)
    for before, fixed in zip(host.all, after.all):
        if before.fault:
            yield this.finding(
                _explain(before, fixed, host) + _existing_guests(before, host),
                [*_changes(before, fixed), *_needed(before, after)],
                before.origin,
            )


RULE = rule.HostRule(
    'invalid-setting',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.FAILURE,
    rule.NOVA_OPTIONS,
    _look,
    frozenset(drivers.Kind),
    holds_without_compute_service=True,
    holds_beside_faults=True,
)


def _explain(
    setting: host_settings.AnySetting,
    fixed: host_settings.AnySetting,
    host: host_settings.ImageSettings,
) -> str:
    shown = setting.shown
    sentences = [_why(setting)]
    if intentions.has_comment(shown):
        sentences.append(
            _(
                'A comment needs a line of its own: here it is a part of the '
                'value.'
            )
        )
    if printing.has_more_lines(shown):
        sentences.append(
            _(
                'A line below it starts with white space, and is a part of '
                'the value.'
            )
        )
    if fixed.fault:
        sentences.append(_why_none_is_proposed(setting))
    return ' '.join(sentences) % {
        'setting': wording.setting(setting),
        'values': ', '.join(_valid_values(setting.option)),
        'meant': setting.meant,
        **wording.by_name(host),
    }


def _why(setting: host_settings.AnySetting) -> str:
    if intentions.is_template(setting.shown):
        return _(
            '%(setting)s is a template that was not rendered: nova-compute '
            'does not start. Valid values: %(values)s.'
        )
    if setting.fault is host_settings.Fault.UNRESOLVED:
        return _(
            '%(setting)s refers to an option that cannot be resolved. If '
            'Nova does not know it either, nova-compute does not start. '
            'Write the value itself. Valid values: %(values)s.'
        )
    if setting.option is opts.COMPUTE_DRIVER:
        return _(
            '%(setting)s is no driver that Nova can load: nova-compute does '
            'not start. The drivers of Nova: %(values)s.'
        )
    return _(
        '%(setting)s is not a value that Nova can use: nova-compute does not '
        'start. Valid values: %(values)s.'
    )


def _why_none_is_proposed(setting: host_settings.AnySetting) -> str:
    if setting.meant is None:
        return _(
            'What was meant is not evident, and none is proposed: only the '
            'operator knows what this host had before.'
        )
    if setting.option is opts.FORCE_RAW_IMAGES:
        return _(
            '%(meant)s was evidently meant, but nova-compute does not start '
            'with it beside %(images_type)s: write True, or another '
            'images_type if rbd was not meant.'
        )
    if setting.option is opts.USE_COW_IMAGES:
        return _(
            '%(meant)s was evidently meant, but is not safe beside '
            '%(images_type)s: none is proposed, because only the operator '
            'knows which of the two is right.'
        )
    if setting.meant != 'default':
        return _(
            '%(meant)s was evidently meant, but is not safe beside '
            '%(use_cow_images)s: none is proposed, because only the operator '
            'knows which of the two is right.'
        )
    return _(
        '"default" was evidently meant, which leaves the choice to '
        'use_cow_images: none is proposed before that has a value.'
    )


def _existing_guests(
    setting: host_settings.AnySetting, host: host_settings.ImageSettings
) -> str:
    """Return a further sentence if the value may decide about a backend."""
    images_type = host.images_type.value or host.images_type.meant
    is_choice = setting.option is opts.USE_COW_IMAGES and (
        images_type in (None, 'default')
    )
    if setting.option is not opts.IMAGES_TYPE and not is_choice:
        return ''
    return ' ' + _(
        'Guests that exist need the image backend that made their disks: '
        'write the value with which nova-compute ran before.'
    )


def _valid_values(option: opts.Option) -> tuple[str, ...]:
    if option is opts.COMPUTE_DRIVER:
        return drivers.SHORT_NAMES
    if option is opts.IMAGES_TYPE:
        return opts.IMAGES_TYPES
    return 'True', 'False'


def _changes(
    before: host_settings.AnySetting, fixed: host_settings.AnySetting
) -> Sequence[findings.Change]:
    if fixed.fault:
        return ()
    if fixed.is_written:
        return [findings.set_to(before, fixed.value)]
    return findings.remove_all(fixed)


def _needed(
    before: host_settings.AnySetting, after: host_settings.ImageSettings
) -> Iterator[findings.Change]:
    """Yield what a named backend needs, where the choice of it was meant."""
    if after.images_type.fault or after.use_cow_images.fault:
        return
    setting = after.use_cow_images
    is_named = before.option is opts.IMAGES_TYPE and before.meant == 'default'
    if is_named and setting.value is not setting.option.opt.default:
        yield findings.keep(setting)


def _replaced(
    setting: host_settings.Setting[host_settings.T], value: host_settings.T
) -> host_settings.Setting[host_settings.T]:
    shown = printing.value_as_shown(str(value))
    return dataclasses.replace(
        setting, value=value, shown=shown, meant=None, fault=None
    )


def _images_type(
    host: host_settings.ImageSettings,
) -> host_settings.Setting[str]:
    """Return the setting with a value that names a backend."""
    setting, use_cow_images = host.images_type, host.use_cow_images
    meant = setting.meant
    if not setting.fault or meant is None:
        return setting
    choice = use_cow_images.value
    if use_cow_images.fault:
        choice = use_cow_images.meant
    if meant != 'default':
        # Raw disks that are taken for qcow2 let guests read files of the
        # host: what contradicts itself so is not decided here.
        is_unsafe = meant == 'qcow2' and choice is False
        return setting if is_unsafe else _replaced(setting, meant)
    if choice is None:
        return setting
    return _replaced(setting, backends.backend_of(meant, choice).value)


def _use_cow_images(
    setting: host_settings.Setting[bool],
    images_type: host_settings.Setting[str],
    kind: drivers.Kind,
) -> host_settings.Setting[bool]:
    """Return the setting with what was meant, if that does no harm.

    Where it does nothing at all, it is not written any more.
    """
    meant = setting.meant
    if not setting.fault or meant is None:
        return setting
    backend = _named_backend(images_type, kind)
    if images_type.fault and images_type.meant not in (None, 'default'):
        return setting
    if backend is None:
        return _replaced(setting, meant)
    safe = operations.safe_use_cow_images(backend)
    if safe is None:
        default = _replaced(setting, bool(setting.option.opt.default))
        nowhere = parsing.Origin(parsing.OriginKind.DEFAULT)
        return dataclasses.replace(default, origin=nowhere)
    return _replaced(setting, meant) if meant is safe else setting


def _force_raw_images(
    setting: host_settings.Setting[bool],
    images_type: host_settings.Setting[str],
    kind: drivers.Kind,
) -> host_settings.Setting[bool]:
    """Return the setting with what was meant, if Nova starts with it."""
    meant = setting.meant
    if not setting.fault or meant is None:
        return setting
    backend = _named_backend(images_type, kind)
    if (backend, meant) in backends.REFUSED_AT_START:
        return setting
    return _replaced(setting, meant)


def _named_backend(
    images_type: host_settings.Setting[str], kind: drivers.Kind
) -> backends.Backend | None:
    """Return the backend, None if use_cow_images or no one chooses it."""
    value = images_type.value
    if kind not in drivers.AS_LIBVIRT or value in (None, 'default'):
        return None
    return backends.backend_of(str(value), True)
