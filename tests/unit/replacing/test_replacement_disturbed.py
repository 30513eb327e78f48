# SPDX-License-Identifier: Apache-2.0

"""Something goes wrong at each moment of the writing, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import errno
import os
import pathlib
import re
import secrets
import signal

import pytest

from nova_cow_check.replacing import replacement
from tests.unit.replacing import states
from tests.unit.replacing import system_calls
from tests.unit.replacing import written

FOREIGN = written.OLD.replace(b'default', b'defau1t')


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    written.make(tmp_path / 'etc')
    return tmp_path / 'etc'


def disturb(
    directory: pathlib.Path, at: int, act: Callable[[], object]
) -> replacement.WriteError | None:
    """Write, and do something before one of the calls."""

    def do(number: int, _name: str) -> None:
        if number == at:
            act()

    try:
        system_calls.run(lambda: written.write(directory), do)
    except replacement.WriteError as error:
        return error
    return None


def calls(directory: pathlib.Path) -> list[str]:
    return system_calls.names(lambda: written.write(directory))


def fail() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_call_that_fails_leaves_all_as_it_is(
    directory: pathlib.Path,
) -> None:
    names = calls(directory)
    failed = 0
    for at, name in enumerate(names):
        before = written.make(directory)
        error = disturb(directory, at, fail)
        if error is None:
            # It was not needed: a hidden file that stays, a look at a link.
            assert written.assert_old_or_new(directory, before), name
        else:
            failed += 1
            assert 'Input/output error; nothing has' in str(error), name
            assert states.inside(directory) == before
    assert failed > 0.8 * len(names)


def _write_into(path: pathlib.Path) -> None:
    """Change a file as quickly and as little as can be."""
    before = path.stat()
    with path.open('r+b') as stream:
        stream.write(FOREIGN)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace(path: pathlib.Path) -> None:
    other = path.with_name(path.name + '.new')
    other.write_bytes(FOREIGN)
    other.replace(path)


def _close(path: pathlib.Path) -> None:
    path.chmod(0o604)


def _link(path: pathlib.Path) -> None:
    os.link(path, path.parent.parent / secrets.token_hex())


def _is_foreign(path: pathlib.Path) -> bool:
    return path.read_bytes() == FOREIGN


def _is_closed(path: pathlib.Path) -> bool:
    return states.of(path).mode == 0o604


def _is_linked(path: pathlib.Path) -> bool:
    return path.stat().st_nlink == 2


#: A change, what tells whether it is there, and the call that notices it: one
#: between that and the renaming may be lost, see targets.check.
CHANGES = [
    (_write_into, _is_foreign, 'read'),
    (_replace, _is_foreign, 'stat'),
    (_close, _is_closed, 'fstat'),
    (_link, _is_linked, 'stat'),
]


@pytest.mark.parametrize(('change', 'is_there', 'look'), CHANGES)
def test_a_change_by_others_is_not_lost(
    change: Callable[[pathlib.Path], None],
    is_there: Callable[[pathlib.Path], bool],
    look: str,
    directory: pathlib.Path,
) -> None:
    # The second of three: one is replaced before it.
    path = directory / 'b.conf'
    names = calls(directory)
    renaming = [at for at, name in enumerate(names) if name == 'rename'][1]
    noticed = max(at for at in range(renaming) if names[at] == look)
    refused = 0
    for at in range(len(names)):
        written.make(directory)
        error = disturb(directory, at, lambda: change(path))
        if at <= noticed or at > renaming:
            assert is_there(path), (at, names[at])
        if error is not None:
            refused += 1
            assert re.search('it has (been changed|2 names)', str(error))
            assert not [n for n in os.listdir(directory) if n[0] == '.']
    assert refused > 0.5 * renaming


def test_what_names_point_to_is_on_disk(directory: pathlib.Path) -> None:
    names = calls(directory)
    renames = [at for at, name in enumerate(names) if name == 'rename']
    flushed = [at for at, name in enumerate(names) if name == 'fsync']
    count = len(written.FILES)
    # The new files, the backups, and the directory of each.
    assert sum(at < renames[0] for at in flushed) == 3 * count
    assert sum(at > renames[-1] for at in flushed) == count


def test_what_cannot_be_put_back_is_told(directory: pathlib.Path) -> None:
    before = written.make(directory)
    first, second, third = (directory / name for name in written.FILES)

    def spoil() -> None:
        """Change the first, which is new, and the last, which is old."""
        _replace(first)
        _replace(third)

    names = calls(directory)
    renames = [at for at, name in enumerate(names) if name == 'rename']
    written.make(directory)
    error = disturb(directory, renames[1], spoil)
    assert str(error) == (
        f'{third}: cannot be written: it has been changed since it was read; '
        f'start again; {first} is replaced: what it held is in '
        f'{first}{written.SUFFIX}'
    )
    after = states.inside(directory)
    assert after[first.name].content == FOREIGN
    assert after[first.name + written.SUFFIX] == before[first.name]
    assert after[second.name] == before[second.name]
    assert len(after) == len(before) + 1


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A process that is started in the background may ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures('interruptible')
def test_no_signal_acts_in_between(directory: pathlib.Path) -> None:
    """An interrupt leaves all old, or comes when all is done."""
    names = calls(directory)
    done = max(at for at, name in enumerate(names) if name == 'fsync')
    for at in range(len(names)):
        before = written.make(directory)
        with pytest.raises(KeyboardInterrupt):
            disturb(directory, at, lambda: signal.raise_signal(signal.SIGINT))
        if at <= done:
            assert states.inside(directory) == before, names[at]
        else:
            written.assert_new(directory, before)
