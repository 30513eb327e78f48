# SPDX-License-Identifier: Apache-2.0

"""Values that refer to an option read here, and would change with it.

Of such a value nothing is kept but the option's name.
"""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import NamedTuple

from nova_cow_check.settings import host_config
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing

#: $name, ${name} or ${group.name}; not behind a backslash or another "$".
#: Source of the form: oslo_config/cfg.py, ConfigOpts.Template. Compiled when
#: looked for.
_FORM = r'(?<![$\\])(?:\$\$)*\$\{?(?:(\w+)\.)?(\w+)(?![\w.])'


class Reference(NamedTuple):
    """A value that refers to an option, or to what was meant to be one."""

    #: The group and the name that it refers to, in small letters; the group
    #: is '' where it names none.
    group: str
    name: str
    #: Normalized group and name of the option whose value it is; of a
    #: variable, its name alone.
    owner: tuple[str, str]
    origin: parsing.Origin

    def is_to(self, group: str, name: str) -> bool:
        """Return whether another option than the owner is meant by it."""
        if (parsing.normalize_group(group), name) == self.owner:
            return False
        return self.name == name.lower() and self.group in ('', group.lower())


def find(configuration: host_config.Configuration) -> tuple[Reference, ...]:
    """Return the references in files and in OS_* variables, in their order."""
    found = [
        Reference(*named, _key(one), one.origin)
        for file in configuration.files
        for one in file.referring
        for named in _named(one.text)
    ]
    kind = parsing.OriginKind.ENVIRONMENT
    for variable, text in configuration.environment.items():
        if '$' in text and variable.startswith('OS_'):
            origin = parsing.Origin(kind, variable)
            found += (
                Reference(*named, ('', variable), origin)
                for named in _named(text)
            )
    return tuple(found)


def is_in(line: str) -> bool:
    """Return whether a line of a file may hold any."""
    return any(True for _named_one in _named(line))


def _key(one: parsing.Assignment) -> tuple[str, str]:
    return parsing.normalize_group(one.group), one.name


def _named(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(_FORM, text, re.ASCII):
        if lookalikes.may_be_meant(match[2].lower()):
            yield (match[1] or '').lower(), match[2].lower()
