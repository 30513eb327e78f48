# SPDX-License-Identifier: Apache-2.0

"""Work that is given up when it does not go on."""

from __future__ import annotations

from collections.abc import Iterator
import os
import subprocess
import sys

import pytest

from nova_cow_check import errors
from nova_cow_check.sources import deadlines


def test_all_that_is_yielded() -> None:
    for text in ('abc', ''):
        work = deadlines.within(60, lambda text=text: iter(text))
        assert work == deadlines.Work(list(text), None)


def test_what_it_raises() -> None:
    error = errors.ConfigurationError('b')

    def work() -> Iterator[str]:
        yield 'a'
        raise error

    assert deadlines.within(60, work) == deadlines.Work(['a'], error)


def test_what_it_must_not_raise_is_raised_here() -> None:
    def work() -> Iterator[str]:
        yield 'a'
        raise LookupError('b')

    with pytest.raises(LookupError):
        deadlines.within(60, work)


def test_a_file_system_that_does_not_answer() -> None:
    """A pipe into which nobody writes stands for it."""
    reader, writer = os.pipe()

    def work() -> Iterator[str]:
        yield 'a'
        os.read(reader, 1)
        yield 'b'

    found = deadlines.within(0.01, work)
    os.close(writer)
    assert found.results == ('a',)
    assert found.error and 'did not answer' in found.error.reason


_STUCK = """
import os
from nova_cow_check.sources import deadlines

reader, writer = os.pipe()

def work():
    yield os.read(reader, 1)

if deadlines.within(0.01, work).error:
    print('given up')
"""


def test_the_process_can_exit() -> None:
    result = subprocess.run(
        [sys.executable, '-c', _STUCK],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stdout) == (0, 'given up\n')
