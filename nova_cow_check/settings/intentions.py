# SPDX-License-Identifier: Apache-2.0

"""What was evidently meant by a value that Nova cannot use.

Nothing is taken for evident that could be something else: a wrong value
makes disks that guests cannot use, or with which they reach their host.
"""

from __future__ import annotations

from collections.abc import Mapping
import re
import types
from typing import TypeVar

from oslo_config import types as oslo_types

from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check import printing

T = TypeVar('T', str, bool)

#: What is shown of a longer value is cut, and its end is not known.
_LONGEST = 60

# Patterns are compiled when looked for: on most hosts, nothing is wrong.

#: A comment behind a value. Without white space, ";" could divide a list.
_COMMENT = r'#|(\A|\s);.'

#: Jinja (Ansible, Helm, Salt), ERB and EPP (Puppet, Chef), autoconf.
_TEMPLATE = r'\{\{|\{%|<%|@\w+@'

#: What can stand around a value.
_AROUND = ' \t\'"`\u2018\u2019\u201c\u201d'

#: What can stand behind one by mistake.
_BEHIND = _AROUND + '.,:;!\\'

#: A word with fewer letters is too near to too many others.
_SHORTEST_MISTYPED = 3

#: The words of oslo.config, which can be mistyped.
_BOOLEANS: Mapping[str, bool] = types.MappingProxyType(
    {
        **dict.fromkeys(oslo_types.Boolean.TRUE_VALUES, True),
        **dict.fromkeys(oslo_types.Boolean.FALSE_VALUES, False),
    }
)

#: Words that people write. "none" is not one of them: programs write it for
#: a variable without a value, and then the default may be meant.
_OTHER_BOOLEANS: Mapping[str, bool] = types.MappingProxyType(
    {
        **dict.fromkeys(('y', 't'), True),
        **dict.fromkeys(('n', 'f', 'disabled', 'disable', 'never'), False),
    }
)

_IMAGES_TYPES: Mapping[str, str] = types.MappingProxyType(
    {name: name for name in opts.IMAGES_TYPES}
)

_DRIVERS: Mapping[str, str] = types.MappingProxyType(
    {name.lower(): name for name in drivers.LOADABLE}
)

#: The packages of Nova that have one driver alone.
_PACKAGES: Mapping[str, str] = types.MappingProxyType(
    {drivers.family_of(name): name for name in drivers.SHORT_NAMES}
)


def evident(option: opts.Option, shown: str) -> str | bool | None:
    """Return the value that a faulty one was evidently meant to be.

    That is the same value but for capitals, quotes, a comment or a stray
    character behind it; a word for no; a value but for one slip of the
    keyboard, if no other value is as near; of a driver, what followed
    ``nova.virt.`` in old releases, or its package.

    :param shown: what `printing.value_as_shown` makes of what is written:
        so a report that is read tells the same as the files
    :returns: None if nothing was evidently meant
    """
    if option is opts.COMPUTE_DRIVER:
        return driver(shown)
    plain = _plain(shown)
    if option is opts.IMAGES_TYPE:
        return _IMAGES_TYPES.get(plain) or _mistyped(plain, _IMAGES_TYPES)
    words = {**_BOOLEANS, **_OTHER_BOOLEANS}
    return words[plain] if plain in words else _mistyped(plain, _BOOLEANS)


def driver(written: str) -> str | None:
    """Return the driver that was evidently meant by a compute_driver.

    :param written: all of it, or what is shown
    """
    plain = _plain(printing.value_as_shown(written))
    plain = plain.removeprefix(drivers.PREFIX)
    names = {**_DRIVERS, **_PACKAGES}
    return names.get(plain) or _mistyped(plain, _DRIVERS)


def is_template(shown: str) -> bool:
    """Return whether a value is a template that was not rendered."""
    return re.search(_TEMPLATE, _without_comment(shown)) is not None


def has_comment(shown: str) -> bool:
    """Return whether there is a comment behind a value."""
    comment = re.search(_COMMENT, shown)
    return comment is not None and comment.start() > 0


def _plain(shown: str) -> str:
    """Return the words of a value in small letters, '' if some are cut."""
    return _without_comment(shown).strip(_AROUND).rstrip(_BEHIND).lower()


def _without_comment(shown: str) -> str:
    # As a tab is shown.
    text = shown.replace('\\t', ' ')
    comment = re.search(_COMMENT, text)
    if comment is not None:
        return text[: comment.start()]
    return text if len(shown) <= _LONGEST else ''


def _mistyped(plain: str, words: Mapping[str, T]) -> T | None:
    """Return the one value that is one slip of the keyboard away."""
    # A sign in front, as of "!true", is no slip, and a reference no value.
    if not plain[:1].isalnum() or '$' in plain:
        return None
    near = [word for word in words if _is_one_slip(plain, word)]
    if all(len(word) < _SHORTEST_MISTYPED for word in near):
        return None
    values = {words[word] for word in near}
    return values.pop() if len(values) == 1 else None


def _is_one_slip(written: str, word: str) -> bool:
    """Return whether one letter is wrong, missing, extra or exchanged."""
    pairs = enumerate(zip(written, word))
    shorter = min(len(written), len(word))
    start = next((i for i, (a, b) in pairs if a != b), shorter)
    rest, right = written[start:], word[start:]
    is_exchanged = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    return is_exchanged or (
        rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]
    )
