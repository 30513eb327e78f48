# SPDX-License-Identifier: Apache-2.0

"""What is opened, and what is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
import pathlib
import stat
import subprocess
import sys
import threading

import pytest

from nova_cow_check.sources import roots


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The modes of what is opened and is no file; looking is no opening."""
    modes: list[int] = []
    real = os.open

    def spy(path: str, flags: int, *more: int, **words: int) -> int:
        descriptor = real(path, flags, *more, **words)
        mode = os.fstat(descriptor).st_mode
        if not flags & os.O_PATH and not stat.S_ISREG(mode):
            modes.append(mode)
        return descriptor

    monkeypatch.setattr(os, 'open', spy)
    yield modes


def make_pipe(path: pathlib.Path) -> None:
    os.mkfifo(path)


def make_link(path: pathlib.Path) -> None:
    (path.parent / 'pipe').unlink(missing_ok=True)
    os.mkfifo(path.parent / 'pipe')
    path.symlink_to('pipe')


def make_device(path: pathlib.Path) -> None:
    if os.geteuid():
        pytest.skip('needs root')
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))


def make_socket(path: pathlib.Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize(
    'make', [make_pipe, make_link, make_device, make_socket]
)
def test_in_another_root_only_files_are_opened(
    make: Callable[[pathlib.Path], None],
    opened: list[int],
    tmp_path: pathlib.Path,
) -> None:
    make(tmp_path / 'nova.conf')
    with pytest.raises(OSError, match='not a regular file'):
        roots.Root(str(tmp_path)).read('/nova.conf')
    assert opened == []


@pytest.mark.parametrize('path', ['/dev/zero', '/dev/ptmx', '/dev/tty'])
def test_in_our_own_root_no_device_is_opened(
    path: str, opened: list[int]
) -> None:
    with pytest.raises(OSError, match='not a regular file'):
        roots.Root().read(path)
    assert opened == []


def test_the_null_device_is_an_empty_file() -> None:
    assert roots.Root().read('/dev/null') == b''


def test_standard_input_is_read_whatever_it_is(tmp_path: pathlib.Path) -> None:
    text = '[A]\nb = c\n'
    (tmp_path / 'file').write_text(text)
    program = (
        'from nova_cow_check.sources import roots\n'
        'print(roots.Root().read("/dev/stdin"))\n'
    )
    words = [sys.executable, '-c', program]
    piped = subprocess.run(words, input=text, capture_output=True, text=True)
    with open(tmp_path / 'file') as stream:
        file = subprocess.run(
            words, stdin=stream, capture_output=True, text=True
        )
    assert piped.stdout == file.stdout == f'{text.encode()}\n'
    controlling, terminal = os.openpty()
    os.write(controlling, text.encode() + b'\x04')
    typed = subprocess.run(
        words, stdin=terminal, capture_output=True, text=True
    )
    assert typed.stdout == f'{text.encode()}\n'
    os.close(controlling)
    os.close(terminal)


def test_descriptors_are_closed(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'a' / 'b').mkdir(parents=True)
    (tmp_path / 'a' / 'b' / 'file').write_text('x')
    (tmp_path / 'loop').symlink_to('loop')
    (tmp_path / 'link').symlink_to('a/../a/b/file')
    os.mkfifo(tmp_path / 'pipe')
    before = os.listdir('/proc/self/fd')
    root = roots.Root(str(tmp_path))
    for held in (False, True):
        if held:
            root.__enter__()
        for path in ('/link', '/loop', '/pipe', '/a', '/nowhere', '/link/x'):
            for act in (root.read, root.find, root.names, root.shown_path):
                try:
                    act(path)
                except OSError:
                    continue
            try:
                with root.parent(path):
                    pass
            except OSError:
                continue
    root.__exit__()
    assert os.listdir('/proc/self/fd') == before


#: Exchanges two names, until its standard input ends.
EXCHANGER = """
import ctypes, sys, threading
AT_FDCWD, RENAME_EXCHANGE = -100, 2
libc = ctypes.CDLL(None)
first, second = (path.encode() for path in sys.argv[1:])
is_over = threading.Event()
def wait():
    sys.stdin.read()
    is_over.set()
threading.Thread(target=wait).start()
print('ready', flush=True)
while not is_over.is_set():
    libc.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE)
"""


@pytest.mark.parametrize('is_file', [False, True])
def test_what_is_exchanged_for_a_link_never_leads_out(
    is_file: bool, tmp_path: pathlib.Path
) -> None:
    root, outside = tmp_path / 'root', tmp_path / 'outside'
    for folder, text in ((root / 'd', 'inside'), (outside, 'outside')):
        folder.mkdir(parents=True)
        (folder / 'nova.conf').write_text(text)
    link = root / 'd' / 'l' if is_file else root / 'l'
    link.symlink_to(outside / 'nova.conf' if is_file else outside)
    other = root / 'd' / 'nova.conf' if is_file else root / 'd'
    words = [sys.executable, '-c', EXCHANGER, str(link), str(other)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as exchanger:
        assert exchanger.stdin is not None and exchanger.stdout is not None
        assert exchanger.stdout.readline() == b'ready\n'
        found = set()
        with roots.Root(str(root)) as held:
            for one in (held, roots.Root(str(root))):
                for _try in range(5000):
                    try:
                        found.add(one.read('/d/nova.conf'))
                    except FileNotFoundError:
                        found.add(b'nothing')
        exchanger.stdin.close()
    assert b'outside' not in found
    assert found <= {b'inside', b'nothing'}


def test_a_closed_root_is_not_left(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'folder' / 'd').mkdir(parents=True)
    (tmp_path / 'outside').write_text('x')
    folder = tmp_path / 'folder'
    (folder / 'file').write_text('inside')
    links = {
        'inside': ('d/../file', True),
        'up': ('../outside', False),
        'up and back': ('../folder/file', False),
        'absolute': (str(folder / 'file'), False),
        'the root': ('/', False),
    }
    root = roots.Root(str(folder), is_closed=True)
    for name, (target, is_fine) in links.items():
        (folder / name).symlink_to(target)
        if is_fine:
            assert root.read(f'/{name}') == b'inside'
            continue
        with pytest.raises(OSError, match='leads out of its folder'):
            root.read(f'/{name}')


def test_the_directory_of_a_file_is_open_for_who_replaces_it(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'etc' / 'nova').mkdir(parents=True)
    (tmp_path / 'etc' / 'nova' / 'nova.conf').write_text('')
    (tmp_path / 'nova.conf').symlink_to('/etc/nova/nova.conf')
    for root, path in (
        (roots.Root(str(tmp_path)), '/nova.conf'),
        (roots.Root(), f'{tmp_path}/etc/nova/nova.conf'),
    ):
        with root.parent(path) as (directory, name, place):
            assert os.listdir(directory) == [name] == ['nova.conf']
            assert place == f'{tmp_path}/etc/nova/nova.conf'
    with pytest.raises(IsADirectoryError):
        with roots.Root(str(tmp_path)).parent('/'):
            pass


def test_a_pipe_of_our_own_is_waited_for(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / 'pipe')
    writer = threading.Thread(
        target=(tmp_path / 'pipe').write_bytes, args=(b'x' * 100_000,)
    )
    writer.start()
    assert roots.Root().read(f'{tmp_path}/pipe') == b'x' * 100_000
    writer.join()
