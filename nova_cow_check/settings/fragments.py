# SPDX-License-Identifier: Apache-2.0

"""Fragments of a configuration: what is not written there is not known.

Nor is a template that was not rendered, or what refers to another option.
"""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import itertools
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import intentions
from nova_cow_check.settings import parsing


def of(known: host_settings.ImageSettings) -> host_settings.ImageSettings:
    """Return settings with nothing but what a fragment writes.

    :param known: as those of a host that has no other file
    """
    told = {one.option.name: _told(one) for one in known.all}
    driver = known.driver
    if is_unknown(told[opts.COMPUTE_DRIVER.name]):
        driver = drivers.Kind.NONE
    return dataclasses.replace(known, driver=driver, is_fragment=True, **told)


def is_unknown(setting: host_settings.AnySetting) -> bool:
    """Return whether the value of a fragment's option can be any."""
    return setting.value is None and not setting.fault


def variants(
    fragment: host_settings.ImageSettings,
) -> Iterator[host_settings.ImageSettings]:
    """Yield what a host can have that has the fragment, all there is.

    A compute_driver that is not known is libvirt's: no other one reads what
    the fragment is judged for.
    """
    driver = fragment.driver
    if is_unknown(fragment.compute_driver):
        driver = drivers.Kind.LIBVIRT
    unknown = [*filter(is_unknown, fragment.image_options)]
    choices = [_values(one.option) for one in unknown]
    for values in itertools.product(*choices):
        assumed = {
            one.option.name: _assumed(one, value)
            for one, value in zip(unknown, values)
        }
        yield dataclasses.replace(
            fragment, driver=driver, is_fragment=False, **assumed
        )


def _told(setting: host_settings.AnySetting) -> Any:
    shown = setting.shown
    if not setting.is_written:
        return dataclasses.replace(
            setting, value=None, shown=_('(not written)')
        )
    is_open = setting.fault is host_settings.Fault.UNRESOLVED or '$' in shown
    if is_open or intentions.is_template(shown):
        return dataclasses.replace(setting, value=None, meant=None, fault=None)
    return setting


def _values(option: opts.Option) -> tuple[object, ...]:
    return opts.IMAGES_TYPES if option is opts.IMAGES_TYPE else (True, False)


def _assumed(setting: host_settings.AnySetting, value: object) -> Any:
    nowhere = parsing.Origin(parsing.OriginKind.DEFAULT)
    changes: dict[str, Any] = {'value': value, 'shown': str(value)}
    return dataclasses.replace(setting, origin=nowhere, written=(), **changes)
