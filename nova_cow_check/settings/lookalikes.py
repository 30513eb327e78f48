# SPDX-License-Identifier: Apache-2.0

"""Lines that were meant to set an option read here, but do not.

Nova ignores a name it does not know without a word. Only names that can
hardly mean anything but one of these options are recognized: real
configurations are full of other names that Nova no longer knows.
"""

from __future__ import annotations

from collections.abc import Iterator
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

_BY_NAME = {one.name: one for one in opts.OPTIONS}

#: Groups in which a misspelt name is looked for; an exact one in any.
_GROUPS = frozenset({'DEFAULT', 'default', 'libvirt'})

#: Ratio of difflib from which a name is a misspelling: one wrong, missing
#: or extra letter, or two in the long names.
_SIMILAR = 0.9

#: Characters of a group and a name; what is longer was not meant so.
_LONGEST = 200

#: Lines of a host that are told one by one; a file can have a million.
MOST = 100

# Patterns are compiled when looked for: hardly any value has a second line,
# and hardly any variable begins like these.

#: An assignment, but for white space before it.
_SWALLOWED = rf'({"|".join(_BY_NAME)})[^\S\n]*[:=][^\S\n]*(.*)'

_VARIABLE = r'OS_([A-Z0-9_]+?)__([A-Z0-9_]+)'


class Mistake(enum.Enum):
    """Why Nova does not read a line."""

    WRONG_GROUP = 'wrong group'
    #: [default] in place of [DEFAULT], the one group with a fixed case.
    DEFAULT_GROUP_CASE = 'case of [DEFAULT]'
    #: Dashes, spaces, quotes or capital letters in the name.
    SPELLING = 'spelling'
    LEGACY_NAME = 'legacy name'
    SIMILAR_NAME = 'similar name'
    #: White space before it makes it a part of the value above.
    CONTINUATION = 'continuation'
    #: Meant for nova-cow-check, which has no such option.
    OWN_OPTION = 'own option'


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
    #: None if it is in no file that was read here, or a part of a value.
    frame: parsing.Frame | None = None
    #: The header of the intended option's section, if one is above it that
    #: is a part of a value.
    header: parsing.Origin | None = None


def find(
    configuration: host_config.Configuration,
) -> tuple[tuple[Lookalike, ...], int]:
    """Return the assignments that Nova ignores, in reading order.

    :returns: the first `MOST`, and how many more there are
    """
    found: list[Lookalike] = []
    total = 0
    for file in configuration.files:
        of_file, number = _of_file(file)
        found += of_file
        total += number
    for one in _environment_assignments(configuration):
        if meant := recognize(one.group, one.name):
            found.append(_lookalike(one, *meant))
            total += 1
    first = tuple(found[:MOST])
    return first, total - len(first)


def is_swallowed(line: str) -> bool:
    """Return whether a line that continues a value was meant to be more.

    :param line: without white space around it
    """
    return parsing.is_header(line) or bool(
        re.fullmatch(_SWALLOWED, line, re.ASCII)
    )


def _of_file(file: parsing.ConfigFile) -> tuple[list[Lookalike], int]:
    """Return the first ones of a file in its order, and their number."""
    found: list[Lookalike] = []
    total = 0
    for key in file.by_option:
        if meant := recognize(*key):
            assignments = file.by_option[key]
            found += (_lookalike(one, *meant) for one in assignments[:MOST])
            total += len(assignments)
    first: list[Lookalike] = []
    for assignment in file.continued:
        for one in _swallowed(assignment):
            total += 1
            if len(first) < MOST:
                first.append(one)
    in_order = sorted([*found, *first], key=lambda one: one.origin.line)
    return in_order[:MOST], total


def value_of(option: opts.Option, text: str) -> str | bool | None:
    """Return the value that a text gives an option, None if it is none.

    None, too, for one that is not Nova's: no rule says what to write for it.
    """
    if option is opts.WAIVERS_FILE:
        return None
    try:
        value: str | bool = option.opt.type(text)
    except ValueError:
        return None
    if option is opts.COMPUTE_DRIVER:
        return value if drivers.kind_of(text) in drivers.OF_NOVA else None
    return value


def recognize(group: str, name: str) -> tuple[opts.Option, Mistake] | None:
    """Return the option that a name was meant for, None for any other.

    :param group: normalized as oslo.config does
    """
    if len(group) + len(name) > _LONGEST or (meant := _meant(name)) is None:
        return None
    option, mistake = meant
    if mistake is Mistake.SIMILAR_NAME and group not in _GROUPS:
        return None
    if (group, name) == (option.group, option.name):
        return None
    if mistake is not None:
        return option, mistake
    if (group, option.group) == ('default', 'DEFAULT'):
        return option, Mistake.DEFAULT_GROUP_CASE
    return option, Mistake.WRONG_GROUP


def may_be_meant(name: str) -> bool:
    """Return whether a name can mean anything here, whatever its group."""
    return len(name) <= _LONGEST and _meant(name) is not None


# The same few hundred names stand in the files of every host.
@functools.lru_cache(maxsize=4096)
def _meant(name: str) -> tuple[opts.Option, Mistake | None] | None:
    """Return what a name was meant for; no mistake if it is that name."""
    plain = re.sub(r'[-\s]', '_', name.strip('\'"')).lower()
    if plain in _LEGACY:
        return _LEGACY[plain], Mistake.LEGACY_NAME
    if option := _BY_NAME.get(plain):
        return option, None if name == option.name else Mistake.SPELLING
    for option in _of_similar_length(len(plain)):
        if _is_similar(plain, option.name):
            is_own = option is opts.WAIVERS_FILE
            return option, (
                Mistake.OWN_OPTION if is_own else Mistake.SIMILAR_NAME
            )
    # No option of Nova begins so.
    if plain.startswith('waiver'):
        return opts.WAIVERS_FILE, Mistake.OWN_OPTION
    return None


def _lookalike(
    assignment: parsing.Assignment, intended: opts.Option, mistake: Mistake
) -> Lookalike:
    header = assignment.header
    is_its_own = header is not None and header.group == intended.group
    return Lookalike(
        assignment.group,
        assignment.name,
        value_of(intended, assignment.text),
        assignment.origin,
        intended,
        mistake,
        assignment.frame,
        header.origin if header is not None and is_its_own else None,
    )


def _swallowed(assignment: parsing.Assignment) -> Iterator[Lookalike]:
    """Yield the options that are a part of another one's value."""
    origin = assignment.origin
    for below, match in parsing.matches_below(_SWALLOWED, assignment.text):
        option = _BY_NAME[match[1]]
        place = origin._replace(line=origin.line + below, lines=1)
        inner = parsing.Assignment(
            assignment.group, option.name, match[2], place
        )
        yield _lookalike(inner, option, Mistake.CONTINUATION)


# difflib is seldom needed, and slow: a file can have a million names. What
# can be told without it is an upper bound of its ratio.


@functools.lru_cache(maxsize=_LONGEST)
def _of_similar_length(length: int) -> tuple[opts.Option, ...]:
    """Return the options that a name of so many letters can be meant for."""
    return tuple(
        option
        for option in (*opts.OPTIONS, opts.WAIVERS_FILE)
        if _is_ratio(min(length, len(option.name)), length, option.name)
    )


def _is_similar(name: str, option_name: str) -> bool:
    others = len(name.translate(_letters(option_name)))
    if not _is_ratio(len(name) - others, len(name), option_name):
        return False
    import difflib

    matcher = difflib.SequenceMatcher(a=name, b=option_name)
    return matcher.quick_ratio() >= _SIMILAR <= matcher.ratio()


def _is_ratio(shared: int, length: int, option_name: str) -> bool:
    """Return whether names that share so many letters are similar."""
    return 2 * shared >= _SIMILAR * (length + len(option_name))


@functools.lru_cache
def _letters(name: str) -> dict[int, None]:
    """Return what takes the letters of a name out of another one."""
    return dict.fromkeys(map(ord, name))


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
        if variable.startswith('OS_')
        and (match := re.fullmatch(_VARIABLE, variable))
    ]
