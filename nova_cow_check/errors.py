# SPDX-License-Identifier: Apache-2.0

"""What can keep a verdict from being given: each ends in exit code 255."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import logging

from nova_cow_check._i18n import _

_LOG = logging.getLogger(__name__)


class NoVerdict(Exception):
    """There is no verdict; the message is one line for an operator."""


class UsageError(NoVerdict):
    """The command line cannot be understood."""


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
