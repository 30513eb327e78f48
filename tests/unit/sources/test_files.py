# SPDX-License-Identifier: Apache-2.0

"""Files and directories as oslo.config reads them, or a reason why not."""

from __future__ import annotations

import locale
import os
import pathlib
import threading

from oslo_config import cfg
import pytest

from nova_cow_check import errors
from nova_cow_check.sources import files
from nova_cow_check.sources import roots

OWN = roots.Root()


def read(path: pathlib.Path) -> list[tuple[str, str, int]]:
    found = files.read_file(str(path), OWN)
    assert found.path == str(path)
    return [(a.group, a.text, a.origin.line) for a in found.assignments]


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_any_line_end_will_do(end: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'nova.conf'
    content = end.join(['[A]', 'b = c', '  d', '', 'e = f'])
    path.write_bytes(content.encode())
    assert read(path) == [('A', 'c\nd', 2), ('A', 'f', 5)]
    sections: dict[str, dict[str, list[str]]] = {}
    cfg.ConfigParser(str(path), sections).parse()
    assert sections == {'A': {'b': ['c\nd'], 'e': ['f']}}


@pytest.mark.parametrize('separator', ['\x0b', '\x0c', '\x85', '\u2028'])
def test_other_separators_are_a_part_of_the_line(
    separator: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'nova.conf'
    path.write_bytes(f'[A]\nb = c{separator}d\ne = f\n'.encode())
    assert read(path) == [('A', f'c{separator}d', 2), ('A', 'f', 3)]


def test_lines_keep_their_ends(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'nova.conf'
    data = '\xe9\r\n\rb\n\n\x0bc'.encode()
    path.write_bytes(data)
    found = files.read_lines(str(path), OWN)
    assert found == ['\xe9\r\n', '\r', 'b\n', '\n', '\x0bc']
    assert b''.join(map(files.encode, found)) == data


def test_a_pipe_is_read_to_its_end(tmp_path: pathlib.Path) -> None:
    # A shell makes one for "--config-file <(...)".
    path = tmp_path / 'pipe'
    os.mkfifo(path)
    content = '[A]\nb = c\n'
    writer = threading.Thread(
        target=path.write_text, args=(content,), daemon=True
    )
    writer.start()
    assert read(path) == [('A', 'c', 2)]
    writer.join()


def test_no_more_is_read_than_tells_that_it_is_too_much(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / 'a.conf'
    path.write_bytes(300_000 * b'#')
    monkeypatch.setattr(roots, 'LARGEST_FILE', 100_000)
    assert len(roots.Root().read(str(path))) == 100_001


def test_a_pipe_in_another_root_is_refused(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / 'pipe')
    with pytest.raises(errors.ConfigurationError) as caught:
        files.read_file('/pipe', roots.Root(str(tmp_path)))
    assert str(caught.value) == (
        f'{tmp_path}/pipe: cannot be read: not a regular file'
    )


@pytest.mark.parametrize('more', [0, 1])
def test_the_largest_file(
    more: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, 'LARGEST_FILE', 1024 * 1024)
    path = tmp_path / 'nova.conf'
    start = '[A]\nb = '
    path.write_text(start + 'x' * (1024 * 1024 - len(start) + more))
    if not more:
        assert len(read(path)) == 1
        return
    with pytest.raises(errors.ConfigurationError, match='larger than 1 MiB'):
        read(path)


@pytest.mark.parametrize(
    ('content', 'line'),
    [
        (b'\xff', 1),
        (b'[A]\nb = \xc3\xa9\nc = \xc3', 3),
        (b'[A]\r\n# \xa0\r\n', 2),
        (b'\n' * 70000 + b'\xe4', 70001),
    ],
)
def test_bytes_that_are_no_text_are_named_with_their_line(
    content: bytes, line: int, tmp_path: pathlib.Path
) -> None:
    encoding = locale.getpreferredencoding(False).upper()
    if encoding not in ('UTF-8', 'UTF8'):
        pytest.skip('in this encoding they are text')
    path = tmp_path / 'nova.conf'
    path.write_bytes(content)
    with pytest.raises(errors.ConfigurationError) as caught:
        read(path)
    assert str(caught.value).startswith(f'{path}:{line}: not valid UTF')


def test_a_directory_gives_the_files_that_oslo_config_reads(
    tmp_path: pathlib.Path,
) -> None:
    directory = tmp_path / 'nova.conf.d'
    directory.mkdir()
    names = 'b.conf a.conf B.conf 10.conf 9.conf .c.conf a.conf~ x.cfg conf'
    for name in (*names.split(), ' .conf', 'a b.conf', 'a.conf.conf'):
        (directory / name).write_text(f'[DEFAULT]\nread = <{name}>\n')
    conf = cfg.ConfigOpts()
    conf.register_opt(cfg.MultiStrOpt('read'))
    conf(['--config-dir', str(directory)], default_config_files=[])
    assert len(conf.read) == 8
    assert [
        f'<{os.path.basename(path)}>'
        for path in files.list_directory(str(directory), OWN)
    ] == conf.read


def test_a_directory_of_another_root_is_listed_as_seen_from_inside(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'real').mkdir()
    (tmp_path / 'real' / 'a.conf').write_text('')
    (tmp_path / 'd').symlink_to('/real')
    root = roots.Root(str(tmp_path))
    assert files.list_directory('/d', root) == ['/d/a.conf']
