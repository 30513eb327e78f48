# SPDX-License-Identifier: Apache-2.0

"""What can keep a verdict from being given: each ends in exit code 255."""

from __future__ import annotations


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
