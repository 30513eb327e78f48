# SPDX-License-Identifier: Apache-2.0

"""A host that nobody could look at has a reason, and that is told."""

from __future__ import annotations

import os
import pathlib

import pytest

from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection


def reason_in(path: pathlib.Path) -> str:
    source = report.Source(report.SourceKind.UNCHECKED, str(path))
    known = collected.read(source).known
    assert isinstance(known, host_settings.Unreadable), known
    # The file is no place in a configuration.
    assert (known.path, known.line) == ('', 0)
    return known.reason


#: What a HOST.unchecked has -> what is told of it.
UNCHECKED = {
    'a line': (b'unreachable: No route to host.\n', 'No route to host'),
    'no end': (b'no such container', 'no such container'),
    'the last one counts': (
        b'Warning: added to the known hosts.\r\nConnection refused\r\n\n',
        'Connection refused',
    ),
    'what acts on a terminal': (b'\x1b]0;banana\x07', '\\x1b]0;banana\\x07'),
    'no text': (b'\xff\xfe', '\ufffd\ufffd'),
    'turned round': ('a\u202eb'.encode(), 'a\\u202eb'),
    'long': (b'x' * 299 + b'yz' + b'z' * 10_000, 'x' * 299 + 'y'),
}


@pytest.mark.parametrize('name', UNCHECKED)
def test_why_nobody_could_look_at_a_host_is_told(
    name: str, tmp_path: pathlib.Path
) -> None:
    content, told = UNCHECKED[name]
    path = tmp_path / 'a.unchecked'
    path.write_bytes(content)
    reason = reason_in(path)
    assert reason.startswith('it was not checked: ')
    assert reason.endswith(told)
    assert reason.isprintable()


@pytest.mark.parametrize('content', [b'', b' \n.\n\n'])
def test_a_host_that_was_not_checked_is_none_without_a_reason(
    content: bytes, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'a.unchecked'
    path.write_bytes(content)
    assert reason_in(path) == ('it was not checked, and nothing tells why')


def test_a_reason_that_cannot_be_read_is_no_reason(
    tmp_path: pathlib.Path,
) -> None:
    missing = tmp_path / 'missing.unchecked'
    assert reason_in(missing) == 'cannot be read: No such file or directory'
    pipe = tmp_path / 'pipe.unchecked'
    os.mkfifo(pipe)
    assert reason_in(pipe).endswith('not a regular file')


def test_a_host_is_not_checked_and_checked(tmp_path: pathlib.Path) -> None:
    """Whichever is the older one, it cannot be told."""
    (tmp_path / 'a.conf').touch()
    (tmp_path / 'a.unchecked').write_text('gone')
    (one,) = collected.read_all(collection.find([str(tmp_path)]).hosts)
    assert isinstance(one.found.known, host_settings.Unreadable)
    assert 'more than once' in one.found.known.reason
