# SPDX-License-Identifier: Apache-2.0

"""Progress is shown to people at a terminal, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import fcntl
import io
import itertools
import os
import pty
import struct
import sys
import termios
import threading

import pytest

from nova_cow_check.cmd import collected_hosts

COUNT = 7


@contextlib.contextmanager
def terminal(patience: float = 0, interval: float = 0) -> Iterator[list[str]]:
    """Make standard error a terminal, and give what is written there."""
    own, theirs = pty.openpty()
    size = struct.pack('4H', 24, 80, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    written: list[str] = []
    with pytest.MonkeyPatch.context() as patch, open(theirs, 'w') as stream:
        patch.setattr(sys, 'stderr', stream)
        patch.setattr(collected_hosts, '_PATIENCE', patience)
        patch.setattr(collected_hosts, '_INTERVAL', interval)
        yield written
    # Now that nobody has the other end any more, reading it ends, too.
    data = b''
    with contextlib.suppress(OSError):
        while more := os.read(own, 4096):
            data += more
    os.close(own)
    written.append(data.decode())


def test_all_come_through_and_a_bar_is_shown_and_removed() -> None:
    threads = set(threading.enumerate())
    with terminal() as written:
        assert list(
            collected_hosts.with_progress(range(COUNT), COUNT)
        ) == list(range(COUNT))
        # A thread would have to be waited for at the end.
        assert set(threading.enumerate()) <= threads
    (shown,) = written
    assert f'/{COUNT} ' in shown
    assert '\n' not in shown
    # What stands on the line in the end is nothing.
    assert shown.endswith('\r')
    assert shown.split('\r')[-2].strip() == ''


def test_what_is_over_soon_shows_nothing() -> None:
    with terminal(patience=60) as written:
        assert list(
            collected_hosts.with_progress(range(COUNT), COUNT)
        ) == list(range(COUNT))
    assert written[0].strip() == ''


def test_who_stops_leaves_no_bar_behind() -> None:
    with terminal() as written:
        shown = collected_hosts.with_progress(itertools.count(), COUNT)
        next(shown)
        next(shown)
        shown.close()
    assert written[0].split('\r')[-2].strip() == ''


@pytest.fixture
def no_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'tqdm', None)


@pytest.mark.usefixtures('no_tqdm')
def test_without_tqdm_it_is_said_in_words_that_go_away() -> None:
    with terminal() as written:
        assert list(
            collected_hosts.with_progress(range(COUNT), COUNT)
        ) == list(range(COUNT))
    texts = written[0].split('\r')
    assert texts[1:-2] == [
        f'nova-cow-check: {number} of {COUNT} hosts read'
        for number in range(1, COUNT + 1)
    ]
    # All of it is overwritten, and the next word begins the line.
    assert texts[-2] == ' ' * len(texts[1]) and texts[-1] == ''


@pytest.mark.usefixtures('no_tqdm')
def test_words_are_written_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(collected_hosts.time, 'monotonic', seconds.__next__)
    with terminal(patience=100, interval=250) as written:
        for _item in collected_hosts.with_progress(range(1000), 1000):
            pass
    told = [text for text in written[0].split('\r') if text.strip()]
    assert 2 < len(told) < 10
    assert told[0] == 'nova-cow-check: 100 of 1000 hosts read'


@pytest.mark.usefixtures('no_tqdm')
def test_what_is_over_soon_says_nothing() -> None:
    with terminal(patience=60) as written:
        assert list(
            collected_hosts.with_progress(range(COUNT), COUNT)
        ) == list(range(COUNT))
    assert written == ['']


@pytest.mark.usefixtures('no_tqdm')
def test_who_stops_leaves_no_words_behind() -> None:
    with terminal() as written:
        shown = collected_hosts.with_progress(itertools.count(), COUNT)
        next(shown)
        next(shown)
        shown.close()
    assert 'of 7 hosts read' in written[0]
    assert written[0].split('\r')[-2].strip() == ''


@pytest.mark.parametrize('stream', [None, io.StringIO()])
def test_who_is_no_terminal_is_shown_nothing(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, 'stderr', stream)
    monkeypatch.setitem(sys.modules, 'tqdm', None)
    assert list(collected_hosts.with_progress(range(COUNT), COUNT)) == list(
        range(COUNT)
    )
    assert not stream or stream.getvalue() == ''
