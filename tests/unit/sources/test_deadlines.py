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
    assert list(deadlines.within(60, lambda: iter('abc'))) == ['a', 'b', 'c']
    assert list(deadlines.within(60, lambda: iter(''))) == []


def test_what_is_raised_is_raised_here() -> None:
    def work() -> Iterator[str]:
        yield 'a'
        raise LookupError('b')

    results = deadlines.within(60, work)
    assert next(results) == 'a'
    with pytest.raises(LookupError):
        next(results)


def test_a_file_system_that_does_not_answer() -> None:
    """A pipe into which nobody writes stands for it."""
    reader, writer = os.pipe()

    def work() -> Iterator[str]:
        yield 'a'
        os.read(reader, 1)
        yield 'b'

    results = deadlines.within(0.01, work)
    assert next(results) == 'a'
    with pytest.raises(errors.ConfigurationError) as caught:
        next(results)
    assert 'did not answer' in caught.value.reason
    os.close(writer)


_STUCK = """
import os, sys
from nova_cow_check import errors
from nova_cow_check.sources import deadlines

reader, writer = os.pipe()

def work():
    yield os.read(reader, 1)

try:
    list(deadlines.within(0.01, work))
except errors.ConfigurationError:
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
