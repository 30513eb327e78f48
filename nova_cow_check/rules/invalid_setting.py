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

"""The rule `invalid-setting`, and what its replacement makes of a host."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check import moves
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check.rules import rule
from nova_cow_check import settings

#: What is longer was not meant to be one of the values.
_LONGEST_MEANT = 100

#: What people write who mean False, and oslo.config does not know.
_OTHER_FALSE = frozenset({'n', 'f'})


def repaired(
    image_settings: settings.ImageSettings,
) -> settings.ImageSettings:
    """Return the settings with every fault replaced by what was meant.

    Where that cannot be told, the value that keeps guests safe is taken.
    The other rules judge these settings, so that one round of edits is
    enough.
    """
    compute_driver = image_settings.compute_driver
    if has_fault(compute_driver):
        compute_driver = _replaced(compute_driver, _driver(compute_driver))
    images_type = image_settings.images_type
    use_cow_images = image_settings.use_cow_images
    if images_type.fault:
        images_type = _replaced(images_type, _images_type(image_settings))
    if use_cow_images.fault:
        use_cow_images = _use_cow_images(
            use_cow_images, images_type, compute_driver
        )
    force_raw_images = image_settings.force_raw_images
    if force_raw_images.fault:
        is_rbd = images_type.value == 'rbd'
        value = is_rbd or _boolean(force_raw_images) is not False
        force_raw_images = _replaced(force_raw_images, value)
    return dataclasses.replace(
        image_settings,
        compute_driver=compute_driver,
        images_type=images_type,
        use_cow_images=use_cow_images,
        force_raw_images=force_raw_images,
    )


def has_fault(setting: settings.AnySetting) -> bool:
    """Return whether nova-compute does not start because of a setting."""
    if setting.fault:
        return True
    return (
        setting.option is opts.COMPUTE_DRIVER
        and drivers.kind_of(str(setting.value or ''))
        is drivers.Kind.UNLOADABLE
    )


def _look(
    this: rule.Rule, image_settings: settings.ImageSettings
) -> Iterator[findings.Finding]:
    after = repaired(image_settings)
    for before, fixed in zip(image_settings.all, after.all):
        if has_fault(before):
            yield this.finding(
                _explain(before),
                findings.Replacement(_changes(before, fixed, after)),
                before.origin,
            )


INVALID_SETTING = RULE = rule.HostRule(
    'invalid-setting',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.FAILURE,
    rule.NOVA_OPTIONS,
    _look,
    frozenset(drivers.Kind),
    holds_without_image_settings=True,
)


def _explain(setting: settings.AnySetting) -> str:
    if setting.fault is settings.Fault.UNRESOLVED:
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
    if _comment_start(setting.text or ''):
        explanation += ' ' + _(
            'A comment needs a line of its own: here it is a part of the '
            'value.'
        )
    return explanation % {
        'setting': describe.setting(setting),
        'values': ', '.join(_valid_values(setting.option)),
    }


def _valid_values(option: opts.Option) -> tuple[str, ...]:
    if option is opts.COMPUTE_DRIVER:
        return drivers.LIBVIRT_SPELLINGS
    if option is opts.IMAGES_TYPE:
        return opts.IMAGES_TYPES
    return 'True', 'False'


def _changes(
    before: settings.AnySetting,
    fixed: settings.AnySetting,
    after: settings.ImageSettings,
) -> tuple[findings.Change, ...]:
    if not fixed.is_written:
        return findings.remove_all(after.use_cow_images)
    return (findings.set_to(before.option, fixed.value, before.origin),)


def _replaced(
    setting: settings.Setting[settings.T], value: settings.T
) -> settings.Setting[settings.T]:
    return dataclasses.replace(setting, value=value, text=None, fault=None)


def _removed(setting: settings.Setting[bool]) -> settings.Setting[bool]:
    nowhere = origins.Origin(origins.OriginKind.DEFAULT)
    default = setting.option.opt.default
    return dataclasses.replace(
        setting, value=default, origin=nowhere, text=None, fault=None
    )


def _driver(compute_driver: settings.Setting[str]) -> str:
    if not compute_driver.value:
        return drivers.LIBVIRT
    return drivers.loadable(compute_driver.value)


def _images_type(image_settings: settings.ImageSettings) -> str:
    setting = image_settings.images_type
    meant = _meant(setting)
    # Only for a value that is wrong: it costs a tenth of the start-up.
    import difflib

    similar = difflib.get_close_matches(
        meant, opts.IMAGES_TYPES, n=1, cutoff=0.6
    )
    if similar:
        return similar[0]
    use_cow_images = image_settings.use_cow_images
    value = use_cow_images.value
    if use_cow_images.fault:
        value = _boolean(use_cow_images)
    return backends.backend_of('default', value is not False).value


def _use_cow_images(
    setting: settings.Setting[bool],
    images_type: settings.Setting[str],
    compute_driver: settings.Setting[str],
) -> settings.Setting[bool]:
    """Return the setting with a value that is safe beside the others."""
    is_libvirt = drivers.kind_of(compute_driver.value) in rule.AS_LIBVIRT
    if not is_libvirt or images_type.value == 'default':
        return _replaced(setting, _boolean(setting) is not False)
    backend = backends.backend_of(str(images_type.value), True)
    safe = moves.safe_use_cow_images(backend)
    return _removed(setting) if safe is None else _replaced(setting, safe)


def _boolean(setting: settings.Setting[bool]) -> bool | None:
    """Return the boolean that was meant, None if that cannot be told."""
    meant = _meant(setting)
    if meant in _OTHER_FALSE:
        return False
    try:
        return bool(setting.option.opt.type(meant))
    except ValueError:
        return None


def _meant(setting: settings.AnySetting) -> str:
    """Return a written value without comment, quotes and capitals."""
    text = (setting.text or '')[:_LONGEST_MEANT]
    end = _comment_start(text) or len(text)
    return text[:end].strip(' \t\n\'"').lower()


def _comment_start(text: str) -> int:
    """Return where a comment starts behind a value, 0 if there is none."""
    starts = [text.find(mark) for mark in ('#', ';', '\n')]
    return min((start for start in starts if start > 0), default=0)
