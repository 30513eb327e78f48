# SPDX-License-Identifier: Apache-2.0

"""What can keep a verdict from being given: each ends in exit code 255."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import contextlib
import logging

from nova_cow_check._i18n import _

_LOG = logging.getLogger(__name__)

#: Words that a message suggests, at most.
_SUGGESTED = 3

#: A part of a word says nothing if it is shorter.
_SHORTEST_PART = 3


class NoVerdict(Exception):
    """There is no verdict; the message is one line for an operator."""


class UsageError(NoVerdict):
    """The command line cannot be understood."""

    #: The command whose help tells more; '' for that of the program.
    command = ''


class ConfigurationError(NoVerdict):
    """A configuration cannot be read, or not all of it.

    :param reason: what is wrong; never text from the file, which could be a
        password
    :param path: the file or directory concerned
    :param line: number of the line concerned, from 1
    """

    def __init__(
        self, reason: str, path: str | None = None, line: int | None = None
    ) -> None:
        self.reason = reason
        self.path = path
        self.line = line
        place = path or ''
        if line is not None:
            place += f':{line}'
        super().__init__(f'{place}: {reason}' if place else reason)


class NothingThere(ConfigurationError):
    """What was looked for is in none of several places.

    :param reason: all of it, as one line
    :param heading: what stands above the places where each has a line
    """

    def __init__(
        self, reason: str, heading: str, places: Sequence[str]
    ) -> None:
        super().__init__(reason)
        self.heading = heading
        self.places = tuple(places)


class Unexpected(NoVerdict):
    """Something was raised that nobody thought of, for one of many hosts."""


def similar(word: str, known: Iterable[str]) -> list[str]:
    """Return the words that could be meant by one that is wrong.

    :param known: the right words, in the order in which people read them
    :returns: at most three, the likeliest first: the one with the same
        letters, or those with about the same, and then those that have it
        as a part, or are a part of it
    """
    # Only for a word that is wrong: it costs a tenth of the start-up.
    import difflib

    lower = word.lower()
    spelt = {one.lower(): one for one in known}
    for same in (lower, lower.replace('_', '-')):
        if same in spelt:
            return [spelt[same]]
    found = difflib.get_close_matches(lower, spelt, _SUGGESTED)
    for one in spelt:
        short, long = sorted((one, lower), key=len)
        is_part = len(short) >= _SHORTEST_PART and short in long
        if is_part and one not in found:
            found.append(one)
    return [spelt[one] for one in found[:_SUGGESTED]]


def did_you_mean(
    message: str, meant: Sequence[str], otherwise: str = ''
) -> UsageError:
    """Return the refusal of a word, with the right ones.

    :param message: the sentence that refuses it
    :param meant: what could be meant, the likeliest first
    :param otherwise: what is said if that is nothing
    """
    added = otherwise
    if meant:
        added = _('did you mean %s?') % _(' or ').join(meant)
    return UsageError(f'{message} ({added})' if added else message)


def reason_of(error: BaseException) -> str:
    """Return what is told of an error that nobody thought of: its class.

    Its message could quote the configuration.
    """
    _LOG.debug('Raised unexpectedly', exc_info=error)
    return _('it could not be read or judged: %s; --debug shows where') % (
        type(error).__name__
    )


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Let nothing pass that would end more than the work on one host.

    That is all but an interruption. To have no memory left is among it:
    what one host took is free again for the others.

    :raises Unexpected: in place of what nobody thought of
    """
    try:
        yield
    except (NoVerdict, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise Unexpected(reason_of(error)) from error
