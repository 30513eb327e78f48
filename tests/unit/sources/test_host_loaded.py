# SPDX-License-Identifier: Apache-2.0

"""The files behind a ConfigOpts that another program has loaded."""

from __future__ import annotations

import os
import pathlib

from oslo_config import cfg
import pytest

from nova_cow_check import errors
from nova_cow_check.settings import host_config
from nova_cow_check.sources import arguments
from nova_cow_check.sources import host

#: Which of these a ConfigOpts was called with -> the files it has read.
CALLS = {
    '': '/default.conf /default.d/1.conf',
    '--config-file {d}/a.conf': '/default.d/1.conf /a.conf',
    '--config-file {d}/a.conf --config-file {d}/b.conf': (
        '/default.d/1.conf /a.conf /b.conf'
    ),
    '--config-dir {d}/x.d': '/default.conf /x.d/1.conf /x.d/2.conf',
    '--config-dir {d}/y.d --config-dir {d}/x.d': (
        '/default.conf /y.d/1.conf /x.d/1.conf /x.d/2.conf'
    ),
    '--config-file {d}/a.conf --config-dir {d}/x.d': (
        '/a.conf /x.d/1.conf /x.d/2.conf'
    ),
}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    names = 'a.conf b.conf x.d/2.conf x.d/1.conf y.d/1.conf'
    for name in (*names.split(), 'default.conf', 'default.d/1.conf'):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'[DEFAULT]\nread = {path}\n')
    return tmp_path


@pytest.mark.parametrize('line', CALLS)
def test_the_files_are_those_that_were_read(
    line: str, folder: pathlib.Path
) -> None:
    conf = cfg.ConfigOpts()
    conf.register_opt(cfg.MultiStrOpt('read'))
    conf(
        line.format(d=folder).split(),
        default_config_files=[str(folder / 'default.conf')],
        default_config_dirs=[str(folder / 'default.d')],
    )
    found = host.configuration_of(conf)
    paths = [file.path for file in found.files]
    assert paths == [f'{folder}{name}' for name in CALLS[line].split()]
    assert paths == conf.read
    (last,) = found.assignments('DEFAULT', 'read')[-1:]
    assert (last.text, last.origin.line) == (paths[-1], 2)


def test_one_that_found_nothing_has_no_files() -> None:
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    assert host.configuration_of(conf).files == ()


def test_the_environment_is_that_of_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('OS_LIBVIRT__IMAGES_TYPE', 'raw')
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    environment = host.configuration_of(conf).environment
    assert environment['OS_LIBVIRT__IMAGES_TYPE'] == 'raw'


def test_one_that_was_not_called_would_give_only_defaults() -> None:
    with pytest.raises(errors.ConfigurationError, match='not been loaded'):
        host.configuration_of(cfg.ConfigOpts())


def test_our_own_knows_its_configuration() -> None:
    found = host_config.Configuration((), {'A': 'b'})
    conf = host_config.HostConfig(found)
    assert host.configuration_of(conf) is found


@pytest.mark.parametrize('content', [None, 'banana\n', '\xff'])
def test_a_file_that_cannot_be_read_again_is_left_out(
    content: str | None, folder: pathlib.Path
) -> None:
    conf = cfg.ConfigOpts()
    names = ('a.conf', 'b.conf')
    words = [f'--config-file={folder / name}' for name in names]
    conf([*words, f'--config-dir={folder / "y.d"}'])
    if content is None:
        os.unlink(folder / 'a.conf')
        os.unlink(folder / 'y.d' / '1.conf')
        os.rmdir(folder / 'y.d')
    else:
        (folder / 'a.conf').write_text(content, encoding='latin-1')
        (folder / 'y.d' / '1.conf').write_text(content, encoding='latin-1')
    found = host.configuration_of(conf)
    assert [file.path for file in found.files] == [str(folder / 'b.conf')]


def test_a_relative_path_is_that_of_the_command_line(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    conf = cfg.ConfigOpts()
    conf(['--config-file', 'a.conf'], default_config_dirs=[])
    (file,) = host.configuration_of(conf).files
    assert os.path.samefile(file.path, folder / 'a.conf')


@pytest.mark.parametrize('name', ['config_dir', 'config_file'])
def test_a_reference_that_cannot_be_followed_says_what_to_do(
    name: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'nova.conf'
    path.write_text(f'[DEFAULT]\n{name} = $nope\n')
    with pytest.raises(errors.ConfigurationError) as raised:
        host.load([arguments.Place(False, str(path))])
    assert (raised.value.path, raised.value.line) == (str(path), 2)
    told = 'write the value itself there, in place of a reference'
    assert raised.value.reason.endswith(told)
