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
from nova_cow_check.settings import parsing

#: What a comment begins with.
_COMMENT_MARKS = ('#', ';')


def repaired(host: host_settings.ImageSettings) -> host_settings.ImageSettings:
    """Return the settings with every fault replaced by what was meant.

    Where that cannot be told, the value that keeps guests safe is taken.
    The other rules judge these settings, so that one round of edits is
    enough.
    """
    compute_driver, kind = host.compute_driver, host.driver
    if compute_driver.fault:
        value = compute_driver.meant or drivers.LIBVIRT
        compute_driver = _replaced(compute_driver, value)
        kind = drivers.kind_of(value)
    images_type = host.images_type
    use_cow_images = host.use_cow_images
    if images_type.fault:
        images_type = _replaced(images_type, _images_type(host))
    if use_cow_images.fault:
        use_cow_images = _use_cow_images(use_cow_images, images_type, kind)
    force_raw_images = host.force_raw_images
    if force_raw_images.fault:
        is_raw = images_type.value == 'rbd' or force_raw_images.meant
        force_raw_images = _replaced(force_raw_images, is_raw is not False)
    return dataclasses.replace(
        host,
        compute_driver=compute_driver,
        driver=kind,
        images_type=images_type,
        use_cow_images=use_cow_images,
        force_raw_images=force_raw_images,
    )


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    after = repaired(host)
    for before, fixed in zip(host.all, after.all):
        if before.fault:
            yield this.finding(
                _explain(before), _changes(before, fixed), before.origin
            )


RULE = rule.HostRule(
    'invalid-setting',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.FAILURE,
    rule.NOVA_OPTIONS,
    _look,
    frozenset(drivers.Kind),
    holds_without_image_settings=True,
)


def _explain(setting: host_settings.AnySetting) -> str:
    if setting.fault is host_settings.Fault.UNRESOLVED:
        explanation = _(
            '%(setting)s refers to an option that cannot be resolved. If '
            'Nova does not know it either, nova-compute does not start. '
            'Write the value itself. Valid values: %(values)s.'
        )
    elif setting.option is opts.COMPUTE_DRIVER:
        explanation = _(
            '%(setting)s is no driver that Nova can load: nova-compute does '
            'not start. The libvirt driver is: %(values)s.'
        )
    else:
        explanation = _(
            '%(setting)s is not a value that Nova can use: nova-compute does '
            'not start. Valid values: %(values)s.'
        )
    shown = setting.shown
    has_comment = any(mark in shown[1:] for mark in _COMMENT_MARKS)
    if has_comment or printing.has_more_lines(shown):
        explanation += ' ' + _(
            'A comment needs a line of its own: here it is a part of the '
            'value.'
        )
    return explanation % {
        'setting': wording.setting(setting),
        'values': ', '.join(_valid_values(setting.option)),
    }


def _valid_values(option: opts.Option) -> tuple[str, ...]:
    if option is opts.COMPUTE_DRIVER:
        return drivers.LIBVIRT_SPELLINGS
    if option is opts.IMAGES_TYPE:
        return opts.IMAGES_TYPES
    return 'True', 'False'


def _changes(
    before: host_settings.AnySetting, fixed: host_settings.AnySetting
) -> Sequence[findings.Change]:
    if fixed.is_written:
        return [findings.set_to(before, fixed.value)]
    return findings.remove_all(fixed)


def _replaced(
    setting: host_settings.Setting[host_settings.T], value: host_settings.T
) -> host_settings.Setting[host_settings.T]:
    shown = printing.value_as_shown(str(value))
    return dataclasses.replace(
        setting, value=value, shown=shown, meant=None, fault=None
    )


def _images_type(host: host_settings.ImageSettings) -> str:
    meant = host.images_type.meant
    if meant is not None:
        return meant
    setting = host.use_cow_images
    value = setting.meant if setting.fault else setting.value
    return backends.backend_of('default', value is not False).value


def _use_cow_images(
    setting: host_settings.Setting[bool],
    images_type: host_settings.Setting[str],
    kind: drivers.Kind,
) -> host_settings.Setting[bool]:
    """Return the setting with a value that is safe beside the others."""
    if kind not in rule.AS_LIBVIRT or images_type.value == 'default':
        return _replaced(setting, setting.meant is not False)
    backend = backends.backend_of(str(images_type.value), True)
    safe = operations.safe_use_cow_images(backend)
    if safe is not None:
        return _replaced(setting, safe)
    default = _replaced(setting, bool(setting.option.opt.default))
    nowhere = parsing.Origin(parsing.OriginKind.DEFAULT)
    return dataclasses.replace(default, origin=nowhere)
