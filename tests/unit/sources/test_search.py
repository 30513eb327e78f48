# SPDX-License-Identifier: Apache-2.0

"""Which files are read, in which order: compared with oslo.config itself."""

from __future__ import annotations

from collections.abc import Iterator
import itertools
import os
import pathlib

from oslo_config import cfg
import pytest

from nova_cow_check import errors
from nova_cow_check.settings import parsing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import files
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

#: Places that a test can fill; those below /etc are this machine's.
PLACES = ('home/.nova', 'home', 'common/etc/nova', 'snap/etc/nova')

NAMES = (
    'nova.conf',
    'nova-compute.conf',
    'nova.conf.d/b.conf',
    'nova.conf.d/a.conf',
    'nova-compute.conf.d/c.conf',
    # Not nova-compute's.
    'nova-status.conf',
    'nova-cow-check.conf',
    'nova-cow-check.conf.d/d.conf',
)

#: Files and directories as they stand on a command line.
GIVEN = (
    '',
    'one.conf',
    'one.d/',
    'one.conf two.conf',
    'one.d/ two.d/',
    'one.conf one.d/',
    'one.d/ one.conf',
    'two.conf one.d/ one.conf two.d/',
    'one.conf two.conf one.conf',
    'empty.d/',
    'empty.d/ one.conf',
)


@pytest.fixture
def machine(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> pathlib.Path:
    """A machine on which files can be put where Nova looks for them."""
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    monkeypatch.setenv('SNAP_COMMON', str(tmp_path / 'common'))
    monkeypatch.setenv('SNAP', str(tmp_path / 'snap'))
    (tmp_path / 'empty.d').mkdir()
    for name in ('one.conf', 'two.conf', 'one.d/1.conf', 'two.d/2.conf'):
        put(tmp_path / name)
    return tmp_path


def put(path: pathlib.Path) -> None:
    """Write a file from which oslo.config can tell that it was read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[DEFAULT]\nread = {path}\n')


def read_by_oslo_config(words: list[str]) -> list[str]:
    conf = cfg.ConfigOpts()
    conf.register_opt(cfg.MultiStrOpt('read', default=[]))
    conf(words, project='nova', prog='nova-compute')
    read = conf.read
    assert isinstance(read, list)
    return read


def read_here(given: list[arguments.Place]) -> list[str]:
    try:
        read = search.read(given, search.own_surroundings())
    except search.NothingFound:
        return []
    return [file.path for file in read.files]


def layouts() -> Iterator[tuple[str, ...]]:
    """Every set of places that hold everything, and sets of files."""
    for size in range(len(PLACES) + 1):
        for filled in itertools.combinations(PLACES, size):
            yield tuple(f'{p}/{name}' for p in filled for name in NAMES)
    for first, second, third in itertools.permutations(PLACES, 3):
        yield (
            f'{first}/nova.conf',
            f'{second}/nova-compute.conf',
            f'{second}/nova.conf.d/b.conf',
            f'{third}/nova-compute.conf.d/c.conf',
        )


@pytest.mark.parametrize('line', GIVEN)
def test_the_files_are_those_of_oslo_config_in_its_order(
    line: str, machine: pathlib.Path
) -> None:
    given = [
        arguments.Place(word.endswith('/'), str(machine / word))
        for word in line.split()
    ]
    flags = ('--config-file', '--config-dir')
    words = [word for place in given for word in (flags[place[0]], place.path)]
    for layout in layouts():
        for name in layout:
            put(machine / name)
        assert read_here(given) == read_by_oslo_config(words), layout
        for name in layout:
            (machine / name).unlink()


#: Command lines with flags that argparse completes.
ABBREVIATED = (
    '--config-fil one.conf',
    '--config-f=one.conf',
    '--config-di one.d/',
    '--config-d=one.d/',
    '--config-fil one.conf --config-file two.conf',
    '--config-file=two.conf --config-fil=one.conf',
    '--config-dir one.d/ --config-f one.conf',
    '--config-di one.d/ --config-file one.conf',
    '--config-fil one.conf --config-d two.d/',
)


@pytest.mark.parametrize('line', ABBREVIATED)
def test_an_abbreviated_flag_adds_to_the_defaults_as_in_oslo_config(
    line: str, machine: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine)
    for name in NAMES:
        put(machine / 'home' / name)
    expected = read_by_oslo_config(line.split())
    given = arguments.given(line.split())
    read = [os.path.realpath(path) for path in read_here(list(given))]
    assert read == [os.path.realpath(path) for path in expected]
    assert any('/home/' in path for path in read)


@pytest.mark.parametrize('line', ['--config one.conf', '--config-f'])
def test_what_oslo_config_refuses_is_refused(line: str) -> None:
    with pytest.raises(SystemExit):
        read_by_oslo_config(line.split())
    with pytest.raises(errors.UsageError):
        arguments.given(line.split())


@pytest.mark.parametrize('snap', [None, '', '/snap/nova/1'])
@pytest.mark.parametrize('common', [None, '', '/var/snap/nova/common'])
@pytest.mark.parametrize('home', [None, '/', '/var/lib/nova', '/srv/../x'])
def test_the_default_places_are_those_of_oslo_config(
    home: str | None,
    common: str | None,
    snap: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variables = {'HOME': home, 'SNAP_COMMON': common, 'SNAP': snap}
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    found = search._default_directories(search.own_surroundings())
    assert list(map(os.path.abspath, found)) == cfg._get_config_dirs('nova')


@pytest.mark.parametrize('name', [*NAMES, 'nova.conf.d', 'nova-compute.conf'])
@pytest.mark.parametrize('place', PLACES)
def test_a_default_place_is_found_as_oslo_config_finds_it(
    place: str, name: str, machine: pathlib.Path
) -> None:
    path = machine / place / name
    put(path)
    surroundings = search.own_surroundings()
    names = ('nova', 'nova-compute')
    assert search._find(surroundings, '.conf', []) == (
        cfg.find_config_files(*names)
    )
    assert search._find(surroundings, '.conf.d', []) == (
        cfg.find_config_dirs(*names)
    )


def test_the_default_places_of_another_root(tmp_path: pathlib.Path) -> None:
    surroundings = search.Surroundings(
        root=roots.Root(str(tmp_path)),
        environment={'SNAP': '/snap', 'HOME': '/wrong', 'SNAP_COMMON': ''},
        home='/var/lib/nova',
        working_directory='/wrong',
    )
    directories = (
        '/var/lib/nova/.nova',
        '/var/lib/nova',
        '/etc/nova',
        '/etc',
        '/snap/etc/nova',
    )
    searched: list[str] = []
    assert search._find(surroundings, '.conf', searched) == []
    assert searched == [
        f'{directory}/{name}.conf'
        for name in ('nova', 'nova-compute')
        for directory in directories
    ]
    # From the last place to the first one, each beats those before it.
    for directory in reversed(directories):
        put(tmp_path / directory[1:] / 'nova.conf')
        (found,) = search.read((), surroundings).files
        assert found.path == f'{tmp_path}{directory}/nova.conf'


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        ('/etc/nova.conf', '/etc/nova.conf'),
        ('nova.conf', '/srv/work/nova.conf'),
        ('./../nova.conf', '/srv/nova.conf'),
        ('../../../../nova.conf', '/nova.conf'),
        ('~/nova.conf', '/home/x/nova.conf'),
        ('~', '/home/x'),
        # Another user's home, which cannot be told from here.
        ('~nova/nova.conf', '/srv/work/~nova/nova.conf'),
        ('a~/nova.conf', '/srv/work/a~/nova.conf'),
    ],
)
def test_a_path_of_another_process(path: str, expected: str) -> None:
    surroundings = search.Surroundings(
        roots.Root('/proc/1/root'), {}, '/home/x', '/srv/work'
    )
    assert surroundings.expand(path) == expected


def test_nothing_found_names_every_place(machine: pathlib.Path) -> None:
    given = [arguments.Place(True, str(machine / 'empty.d'))]
    with pytest.raises(search.NothingFound) as caught:
        search.read(given, search.own_surroundings())
    assert isinstance(caught.value, errors.ConfigurationError)
    listed = str(caught.value).partition('looked for ')[2].split(', ')
    directories = cfg._get_config_dirs('nova')
    assert listed == [
        *(f'{directory}/nova.conf' for directory in directories),
        *(f'{directory}/nova-compute.conf' for directory in directories),
        str(machine / 'empty.d'),
    ]


def test_a_file_that_is_named_twice_is_read_once(
    machine: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pipe, such as "<(...)", could not be read again.
    calls: list[str] = []
    read_file = files.read_file

    def counted(path: str, root: roots.Root) -> parsing.ConfigFile:
        calls.append(path)
        return read_file(path, root)

    monkeypatch.setattr(files, 'read_file', counted)
    given = [arguments.Place(False, str(machine / 'one.conf'))] * 2
    found = search.read(given, search.own_surroundings()).files
    assert [file.path for file in found] == calls * 2
