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


"""The values of settings that a report tells of, and what is written.

What was written is known as far as it was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import itertools
from typing import Any, Optional

from nova_cow_check._i18n import _
from nova_cow_check import drivers
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import settings
from nova_cow_check.sources import json_values
from nova_cow_check.sources import shown_texts

#: Values of each kind, for a reference of which only the kind is known.
_OF_KIND = {
    drivers.Kind.LIBVIRT: (drivers.LIBVIRT,),
    drivers.Kind.REMOVED: tuple(f'{name}.Driver' for name in drivers.REMOVED),
    drivers.Kind.INDEPENDENT: ('fake.FakeDriver',),
    drivers.Kind.NONE: ('',),
    drivers.Kind.UNKNOWN: ('unknown.Driver',),
    drivers.Kind.UNLOADABLE: (drivers.PREFIX + drivers.LIBVIRT,),
}

#: Places of which it is known what is written there.
_LEGIBLE = frozenset({origins.OriginKind.FILE, origins.OriginKind.ENVIRONMENT})

#: What a setting can be: its value, and what is written.
Choice = tuple[Any, Optional[str]]


def of_option(
    node: json_values.Node,
    option: opts.Option,
    origin: origins.Origin,
    fault: settings.Fault | None,
    meant: Sequence[str],
) -> Iterator[Choice]:
    """Yield what an option of a few values may be.

    :param meant: values that findings propose
    :raises ConfigurationError: if it has a value that is none
    """
    value = node['value'].value
    if fault is not None:
        yield from ((None, text) for text in _texts(node, origin, meant))
    elif not any(
        type(value) is type(one) and value == one for one in _values(option)
    ):
        node['value'].fail(_('it is not a value of the option'))
    else:
        for text in _texts(node, origin):
            if text is None or _may_be(option, text, value):
                yield value, text
                return


def of_driver(
    node: json_values.Node,
    origin: origins.Origin,
    fault: settings.Fault | None,
    kind: drivers.Kind,
    meant: Sequence[str],
) -> Iterator[Choice]:
    """Yield what the compute_driver may be.

    :param kind: of the driver
    :param meant: values that findings propose
    """
    texts = _texts(node, origin)
    is_written = origin.kind is not origins.OriginKind.DEFAULT
    loadable = tuple(drivers.PREFIX + value for value in meant)
    values: tuple[str | None, ...] = (None,)
    if node['value'].value is not None:
        shown = node['value'].words()
        values = shown_texts.possible(shown, whole=loadable)
    elif is_written and fault is None:
        # A reference: what it stands for is not told.
        values = _OF_KIND[kind] + loadable
        texts = tuple(text for text in texts if text and '$' in text)
    for value, text in itertools.product(values, texts):
        if drivers.kind_of(value) is kind:
            yield value, text


def _texts(
    node: json_values.Node,
    origin: origins.Origin,
    meant: Sequence[str] = (),
) -> tuple[str | None, ...]:
    """Return what may be written at the origin, None if that is not told."""
    if origin.kind not in _LEGIBLE:
        return (None,)
    return shown_texts.possible(node['shown'].words(), meant)


def _values(option: opts.Option) -> tuple[object, ...]:
    return opts.IMAGES_TYPES if option is opts.IMAGES_TYPE else (True, False)


def _may_be(option: opts.Option, text: str, value: object) -> bool:
    """Return whether an option may have a value, with this text."""
    if '$' in text or shown_texts.is_cut(text):
        return True
    try:
        return bool(option.opt.type(text) == value)
    except ValueError:
        return False
