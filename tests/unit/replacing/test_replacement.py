# SPDX-License-Identifier: Apache-2.0

"""All files are replaced or none, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import os
import pathlib
import signal
import threading

import pytest

from nova_cow_check import errors
from nova_cow_check.replacing import replacement
from nova_cow_check.replacing import targets
from nova_cow_check.sources import roots
from tests.functional import conftest
from tests.unit.replacing import states
from tests.unit.replacing import system_calls
from tests.unit.replacing import written

OLD, NEW, SUFFIX = written.OLD, written.NEW, written.SUFFIX
NAMES = list(written.FILES)


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory of old files, and nothing else."""
    written.make(tmp_path / 'etc')
    return tmp_path / 'etc'


def test_all_are_written(directory: pathlib.Path) -> None:
    before = states.inside(directory)
    made = written.write(directory)
    written.assert_new(directory, before)
    assert made == [f'{directory}/{name}{SUFFIX}' for name in NAMES]


def test_nothing_to_write() -> None:
    assert replacement.write([], SUFFIX) == []


def test_without_backups(directory: pathlib.Path) -> None:
    assert written.write(directory, None) == []
    after = states.inside(directory)
    assert {name: state.content for name, state in after.items()} == (
        dict.fromkeys(NAMES, NEW)
    )


def test_an_earlier_backup_stays(directory: pathlib.Path) -> None:
    path = directory / NAMES[0]
    for number, ending in enumerate(['', '.1', '.2']):
        path.write_bytes(b'%d' % number)
        change = replacement.NewContent(
            str(path), roots.Root(), str(path), b'%d' % number, NEW
        )
        made = replacement.write([change], SUFFIX)
        assert made == [f'{path}{SUFFIX}{ending}']
    for number, ending in enumerate(['', '.1', '.2']):
        backup = pathlib.Path(f'{path}{SUFFIX}{ending}')
        assert backup.read_bytes() == b'%d' % number


def test_a_backup_is_never_written_through_a_link(
    directory: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = directory / NAMES[0]
    os.symlink(tmp_path / 'elsewhere', f'{path}{SUFFIX}')
    assert written.write_one(path) == [f'{path}{SUFFIX}.1']
    assert not (tmp_path / 'elsewhere').exists()


def _labels(path: pathlib.Path) -> None:
    conftest.required(
        states.set_extended(path, 'user.note', b'kept\0by us'),
        'needs extended attributes',
    )


def _access_list(path: pathlib.Path) -> None:
    conftest.required(
        states.set_extended(path, states.ACL, states.access_list(12345)),
        'needs access control lists',
    )


def _inherited_list(path: pathlib.Path) -> None:
    """Let new files of the directory have what this one has not."""
    conftest.required(
        states.set_extended(
            path.parent, states.DEFAULT_ACL, states.access_list(54321)
        ),
        'needs access control lists',
    )


def _security_label(path: pathlib.Path) -> None:
    if os.geteuid() != 0:
        pytest.skip('only root may label files')
    conftest.required(
        states.set_extended(
            path, 'security.selinux', b'system_u:object_r:nova_t:s0\0'
        ),
        'needs labels',
    )


def _owner(path: pathlib.Path) -> None:
    if os.geteuid() != 0:
        pytest.skip('only root may give files away')
    os.chown(path, 12345, 54321)
    # As it would be without the bits that a change of owner clears.
    path.chmod(0o6640)


ATTRIBUTES: dict[str, Callable[[pathlib.Path], None]] = {
    'mode': lambda path: path.chmod(0o4661),
    'no access at all': lambda path: path.chmod(0o200),
    'owner': _owner,
    'extended attributes': _labels,
    'label of SELinux': _security_label,
    'access control list': _access_list,
    "another list, the directory's": _inherited_list,
    'both lists': lambda path: (_access_list(path), _inherited_list(path))[0],
}


@pytest.mark.parametrize('name', ATTRIBUTES)
def test_file_and_backup_have_the_attributes(
    name: str, directory: pathlib.Path
) -> None:
    if name == 'no access at all' and os.geteuid() != 0:
        pytest.skip('only root may read it')
    ATTRIBUTES[name](directory / NAMES[0])
    before = states.inside(directory)
    written.write(directory)
    written.assert_new(directory, before)


@pytest.mark.parametrize('mode', [0o600, 0o640, 0o602])
def test_nobody_can_read_more_for_a_moment(
    mode: int, directory: pathlib.Path
) -> None:
    path = directory / NAMES[0]
    path.chmod(mode)
    seen: set[int] = set()

    def look(_number: int, _name: str) -> None:
        seen.update(state.mode for state in states.inside(directory).values())

    for name in NAMES[1:]:
        (directory / name).unlink()
    umask = os.umask(0)
    try:
        system_calls.run(lambda: written.write_one(path), look)
    finally:
        os.umask(umask)
    assert seen == {mode, 0o600}


LINKS = {
    'relative': '../etc/a.conf',
    'absolute': '{directory}/a.conf',
    'by a link to the directory': 'also/../etc/a.conf',
    'chain': 'chain',
}


@pytest.mark.parametrize('name', LINKS)
def test_a_link_is_followed(
    name: str, directory: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    links = tmp_path / 'links'
    links.mkdir()
    (links / 'also').symlink_to(directory)
    (links / 'chain').symlink_to('also/a.conf')
    (links / 'nova.conf').symlink_to(LINKS[name].format(directory=directory))
    before = states.inside(links)
    [backup] = written.write_one(links / 'nova.conf')
    assert states.inside(links) == before
    assert (directory / 'a.conf').read_bytes() == NEW
    assert pathlib.Path(backup).samefile(directory / f'a.conf{SUFFIX}')
    assert not os.path.islink(backup)


def test_a_path_in_this_directory(
    directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory)
    assert written.write_one(pathlib.Path(NAMES[0])) == [NAMES[0] + SUFFIX]
    assert pathlib.Path(NAMES[0]).read_bytes() == NEW


def test_the_path_that_the_operator_knows(directory: pathlib.Path) -> None:
    path = directory / NAMES[0]
    change = replacement.NewContent(
        '/etc/nova/nova.conf',
        roots.Root(),
        f'/proc/self/root{path}',
        OLD,
        NEW,
    )
    assert replacement.write([change], SUFFIX) == [
        f'/proc/self/root{path}{SUFFIX}'
    ]
    change = change._replace(path=str(path), before=NEW)
    assert replacement.write([change], SUFFIX) == [f'{path}{SUFFIX}.1']
    change = change._replace(path='/etc/nova/nova.conf', before=OLD)
    with pytest.raises(replacement.WriteError, match='^/etc/nova/nova.conf: '):
        replacement.write([change], SUFFIX)


def _linked(path: pathlib.Path) -> None:
    os.link(path, path.parent.parent / 'another name')


def _signed(path: pathlib.Path) -> None:
    if not states.set_extended(path, 'security.ima', b'\x04\x04' + b'0' * 32):
        pytest.skip('needs root')


def _replaced_by(make: Callable[[pathlib.Path], object]) -> object:
    return lambda path: (path.unlink(), make(path))


#: What is wrong with the last of three files -> why it cannot be written.
FAULTS: dict[str, tuple[object, str]] = {
    'changed': (lambda path: path.write_bytes(NEW), 'it has been changed'),
    'appended to': (
        lambda path: path.write_bytes(OLD + b'#'),
        'it has been changed',
    ),
    'hard link': (_linked, 'it has 2 names (hard links)'),
    'signed': (_signed, 'it is signed (security.ima)'),
    'vanished': (lambda path: path.unlink(), 'No such file or directory'),
    'directory': (_replaced_by(pathlib.Path.mkdir), 'Is a directory'),
    'pipe': (_replaced_by(os.mkfifo), 'not a regular file'),
    'device': (
        _replaced_by(lambda path: path.symlink_to('/dev/null')),
        'not a regular file',
    ),
    'link to nothing': (
        _replaced_by(lambda path: path.symlink_to('nothing')),
        'No such file or directory',
    ),
    'link to itself': (
        _replaced_by(lambda path: path.symlink_to(path.name)),
        'Too many levels of symbolic links',
    ),
    'the same file': (
        _replaced_by(lambda path: path.symlink_to(NAMES[0])),
        'it is also named',
    ),
}


@pytest.mark.parametrize('name', FAULTS)
def test_if_one_cannot_be_written_none_is(
    name: str, directory: pathlib.Path
) -> None:
    spoil, reason = FAULTS[name]
    assert callable(spoil)
    spoil(directory / NAMES[-1])
    others = [directory / name for name in NAMES[:-1]]
    before = [states.of(path) for path in others]
    numbers = [path.stat().st_ino for path in others]
    names = sorted(os.listdir(directory))
    with pytest.raises(replacement.WriteError) as raised:
        written.write(directory)
    start = f'{directory}/{NAMES[-1]}: cannot be written: {reason}'
    assert str(raised.value).startswith(start)
    assert str(raised.value).endswith('; nothing has been changed')
    assert sorted(os.listdir(directory)) == names
    assert [states.of(path) for path in others] == before
    # They have not been replaced and put back.
    assert [path.stat().st_ino for path in others] == numbers


@pytest.mark.parametrize('suffix', ['', '.conf', 'nf', '.old.conf', 'a/b'])
def test_a_suffix_that_cannot_be(suffix: str, directory: pathlib.Path) -> None:
    before = states.inside(directory)
    with pytest.raises(errors.UsageError, match='not the suffix of a backup'):
        written.write(directory, suffix)
    assert states.inside(directory) == before


@pytest.mark.parametrize(
    'suffix', [replacement.DEFAULT_SUFFIX, '~', '.bak', '.conf~', 'conf.', ' ']
)
def test_suffixes(suffix: str) -> None:
    replacement.check_suffix(suffix)


@pytest.mark.parametrize(
    ('suffix', 'reason'),
    [
        ('', 'read as configuration'),
        ('.conf', 'read as configuration'),
        ('.old.conf', 'read as configuration'),
        # Of a file that is named "nova.".
        ('conf', 'read as configuration'),
        ('f', 'read as configuration'),
        ('/backup', 'contains a "/"'),
        ('/../../backup', 'contains a "/"'),
    ],
)
def test_what_is_no_suffix(suffix: str, reason: str) -> None:
    with pytest.raises(errors.UsageError, match=reason):
        replacement.check_suffix(suffix)


def test_the_default_suffix_is_no_hidden_or_configuration_file() -> None:
    _stem, ending = os.path.splitext('nova.conf' + replacement.DEFAULT_SUFFIX)
    assert ending != '.conf'


def test_a_backup_is_gone_when_others_have_removed_it(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'nova.conf'
    path.write_bytes(written.OLD)
    with targets.opened(
        str(path), roots.Root(), str(path), written.OLD
    ) as target:
        backup = replacement.make_backup(target, '.bak')
        assert pathlib.Path(backup.path).read_bytes() == written.OLD
        assert backup.remove()
        assert not os.path.exists(backup.path)
        assert backup.remove()


def test_a_file_does_not_stay(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'a.conf'
    path.write_bytes(written.OLD)
    with targets.opened(
        str(path), roots.Root(), str(path), written.OLD
    ) as target:
        with pytest.raises(KeyboardInterrupt):
            with replacement.beside(target, written.NEW):
                raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [path]


@contextlib.contextmanager
def handled(number: signal.Signals, handler: object) -> Iterator[None]:
    assert callable(handler) or isinstance(handler, signal.Handlers)
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize(
    'number', [signal.SIGHUP, signal.SIGINT, signal.SIGTERM]
)
def test_a_signal_waits(number: signal.Signals) -> None:
    came = []
    with handled(number, lambda *_arguments: came.append(number)):
        with replacement.signals_held():
            replacement.check_signals()
            signal.raise_signal(number)
            assert came == []
            with pytest.raises(OSError, match='interrupted'):
                replacement.check_signals()
        assert came == [number]
    replacement.check_signals()


def test_a_signal_that_is_ignored_stays_so() -> None:
    with handled(signal.SIGHUP, signal.SIG_IGN), replacement.signals_held():
        signal.raise_signal(signal.SIGHUP)
        replacement.check_signals()


def test_what_was_held_before_is_held_after() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        with replacement.signals_held():
            pass
        held = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        assert signal.SIGTERM in held and signal.SIGINT not in held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_in_a_thread() -> None:
    entered = []

    def enter() -> None:
        with replacement.signals_held():
            entered.append(True)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [True]
