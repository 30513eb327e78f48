# SPDX-License-Identifier: Apache-2.0

"""JSON that somebody else has written, read with nothing taken for granted.

No reason given here quotes the document: it may be another one than was
meant, with passwords. The names of fields are those that were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
import contextlib
import dataclasses
import datetime
import json
import re
from typing import Any, NoReturn, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import printing

T = TypeVar('T')

#: More digits are no number of ours, and slow to convert.
_MOST_DIGITS = 18

#: What this package writes, and Python 3.9 reads.
_TIME = (
    r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}'
    r'[+-][0-9]{2}:[0-9]{2}'
)


@dataclasses.dataclass(frozen=True)
class Node:
    """A value, and the field of the document that has it."""

    value: Any
    #: For example ``hosts[0].name``, '' for all of the document.
    field: str = ''

    def __getitem__(self, name: str) -> Node:
        """Return a member of an object."""
        field = f'{self.field}.{name}' if self.field else name
        if not isinstance(self.value, dict) or name not in self.value:
            Node(None, field).fail(_('it is missing'))
        return Node(self.value[name], field)

    def items(self) -> list[Node]:
        """Return the items of an array."""
        if not isinstance(self.value, list):
            self.fail(_('it is not a list'))
        return [
            Node(value, f'{self.field}[{index}]')
            for index, value in enumerate(self.value)
        ]

    def words(self) -> str:
        """Return a string, printable."""
        if not isinstance(self.value, str):
            self.fail(_('it is not text'))
        return printing.printable(self.value)

    def words_or_none(self) -> str | None:
        return None if self.value is None else self.words()

    def shown(self) -> str:
        """Return what is shown of a text from a file."""
        words = self.words()
        if printing.value_as_shown(words) != words:
            self.fail(_('nothing is shown so'))
        return words

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail(_('it is neither true nor false'))
        return self.value

    def number_or_none(self, most: int) -> int | None:
        """Return an integer from 1 on, None for null."""
        value = self.value
        if value is None:
            return None
        if type(value) is not int or not 1 <= value <= most:
            self.fail(_('it is not a number that can be there'))
        return int(value)

    def time_or_none(self) -> datetime.datetime | None:
        """Return a moment, as ISO 8601 with a time zone; None for null."""
        words = self.words_or_none()
        if words is None:
            return None
        moment = None
        if re.fullmatch(_TIME, words):
            with contextlib.suppress(ValueError):
                moment = datetime.datetime.fromisoformat(words)
        if moment is None:
            self.fail(_('it is not a time such as 2027-01-31T12:00:00+00:00'))
        return moment

    def one_of(self, meanings: Mapping[str, T]) -> T:
        """Return what a string means."""
        word = self.words()
        if word not in meanings:
            self.fail(_('it is none of the words that can be there'))
        return meanings[word]

    def fail(self, reason: str) -> NoReturn:
        """Raise the error for this field.

        :raises ConfigurationError: always
        """
        raise errors.ConfigurationError(
            _('not a report of nova-cow-check, at %(field)s: %(reason)s')
            % {'field': self.field or _('its beginning'), 'reason': reason}
        )


def decode(data: bytes) -> str:
    """Return the text of a document.

    :raises ConfigurationError: if it is none
    """
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        raise errors.ConfigurationError(_('not UTF-8 text')) from None


def parse(text: str, field: str = '') -> Node:
    """Parse a document, or a part of it.

    :param field: the one that the part is of
    :raises ConfigurationError: if it is not valid, or names a member of an
        object twice, which readers understand in different ways
    """
    try:
        return Node(
            json.loads(
                text,
                object_pairs_hook=_object,
                parse_int=_integer,
                parse_constant=_constant,
            ),
            field,
        )
    except json.JSONDecodeError as error:
        reason = _('not valid JSON, in line %d') % error.lineno
    except (ValueError, RecursionError):
        reason = _('not JSON that can be a report')
    raise errors.ConfigurationError(reason)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError
    return int(digits)


def _constant(_name: str) -> NoReturn:
    """Refuse NaN and the infinities, which are not JSON."""
    raise ValueError
