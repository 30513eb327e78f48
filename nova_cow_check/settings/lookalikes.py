# SPDX-License-Identifier: Apache-2.0

"""Lines that were meant to set an option read here, but do not.

Nova ignores a name it does not know without a word. Only names that can
hardly mean anything but one of these options are recognized: real
configurations are full of other names that Nova no longer knows.
"""

from __future__ import annotations

import collections
import enum
import functools
import re
from typing import NamedTuple

from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import parsing

#: Moved to [libvirt]/images_type in Icehouse; the alias went in Juno.
_LEGACY = {'libvirt_images_type': opts.IMAGES_TYPE}

#: Groups in which a misspelt name is looked for; an exact one in any.
_GROUPS = frozenset({'DEFAULT', 'default', 'libvirt'})

#: Ratio of difflib from which a name is a misspelling: one wrong, missing
#: or extra letter, or two in the long names.
_SIMILAR = 0.9

_VARIABLE = re.compile(r'OS_([A-Z0-9_]+?)__([A-Z0-9_]+)')


class Mistake(enum.Enum):
    """Why Nova does not read a line."""

    WRONG_GROUP = 'wrong group'
    #: [default] in place of [DEFAULT], the one group with a fixed case.
    DEFAULT_GROUP_CASE = 'case of [DEFAULT]'
    #: Dashes, spaces, quotes or capital letters in the name.
    SPELLING = 'spelling'
    LEGACY_NAME = 'legacy name'
    SIMILAR_NAME = 'similar name'


class Lookalike(NamedTuple):
    """An assignment that Nova ignores, and what it was meant to set."""

    #: As written.
    group: str
    name: str
    #: None unless the option takes it: it may be another one's.
    value: str | bool | None
    origin: parsing.Origin
    intended: opts.Option
    mistake: Mistake
    #: None if it is in no file that was read here.
    frame: parsing.Frame | None = None


def find(configuration: host_config.Configuration) -> tuple[Lookalike, ...]:
    """Return the assignments that Nova ignores, in reading order."""
    assignments = [
        *configuration.all_assignments(),
        *_environment_assignments(configuration),
    ]
    return tuple(
        Lookalike(group, name, value_of(found[0], text), origin, *found, frame)
        for group, name, text, origin, frame in assignments
        if (found := recognize(parsing.normalize_group(group), name))
    )


def value_of(option: opts.Option, text: str) -> str | bool | None:
    """Return the value that a text gives an option, None if it is none."""
    try:
        value: str | bool = option.opt.type(text)
    except ValueError:
        return None
    if option is opts.COMPUTE_DRIVER:
        return value if drivers.kind_of(text) in drivers.OF_NOVA else None
    return value


# The same few hundred names stand in the files of every host.
@functools.lru_cache(maxsize=4096)
def recognize(group: str, name: str) -> tuple[opts.Option, Mistake] | None:
    """Return the option that a name was meant for, None for any other.

    :param group: normalized as oslo.config does
    """
    plain = re.sub(r'[-\s]', '_', name.strip('\'"')).lower()
    if plain in _LEGACY:
        return _LEGACY[plain], Mistake.LEGACY_NAME
    for option in opts.OPTIONS:
        if (group, name) == (option.group, option.name):
            return None
        if name == option.name:
            if group == 'default' and option.group == 'DEFAULT':
                return option, Mistake.DEFAULT_GROUP_CASE
            return option, Mistake.WRONG_GROUP
        if plain == option.name:
            return option, Mistake.SPELLING
    if group in _GROUPS:
        for option in opts.OPTIONS:
            if _is_similar(plain, option.name):
                return option, Mistake.SIMILAR_NAME
    return None


def _is_similar(name: str, option_name: str) -> bool:
    shared = collections.Counter(name) & collections.Counter(option_name)
    # An upper bound: difflib is seldom needed, and slow to load.
    if 2 * sum(shared.values()) < _SIMILAR * len(name + option_name):
        return False
    import difflib

    ratio = difflib.SequenceMatcher(a=name, b=option_name).ratio()
    return ratio >= _SIMILAR


def _environment_assignments(
    configuration: host_config.Configuration,
) -> list[parsing.Assignment]:
    return [
        parsing.Assignment(
            match[1] if match[1] == 'DEFAULT' else match[1].lower(),
            match[2].lower(),
            text,
            parsing.Origin(parsing.OriginKind.ENVIRONMENT, variable),
        )
        for variable, text in configuration.environment.items()
        if (match := _VARIABLE.fullmatch(variable))
    ]
