# SPDX-License-Identifier: Apache-2.0

"""Collected hosts are read as they are, and only they."""

from __future__ import annotations

from collections.abc import Mapping
import datetime
import errno
import os
import pathlib
import tempfile

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check.formats import json
from nova_cow_check.reports import report
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from tests.functional import passwords
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

QCOW2 = hosts.nova_conf(images_type='qcow2')
RAW = hosts.nova_conf(images_type='raw')
DRIVER = f'[DEFAULT]\ncompute_driver = {hosts.LIBVIRT}\n'
LIBVIRT = '[libvirt]\nimages_type = {}\n'

VALUES = st.sampled_from(strategies.VALUES) | st.sampled_from(
    strategies.ODD_VALUES
)

#: What a nova-compute reads in /etc/nova, and what it does not.
PATHS = (
    'nova.conf',
    'nova-compute.conf',
    'nova.conf.d/10-a.conf',
    'nova.conf.d/9-b.conf',
    'nova.conf.d/B.conf',
    'nova.conf.d/.hidden.conf',
    'nova.conf.d/ignored.txt',
    'nova-compute.conf.d/c.conf',
    'nova-api.conf',
)


def write(directory: pathlib.Path, content: Mapping[str, str]) -> None:
    for path, text in content.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(text.encode())


def directory_of(path: pathlib.Path) -> report.Source:
    return report.Source(report.SourceKind.DIRECTORY, str(path))


def file_at(path: pathlib.Path) -> report.Source:
    return report.Source(report.SourceKind.FILE, str(path))


def images_type(source: report.Source) -> object:
    known = collected.read(source).known
    assert isinstance(known, host_settings.ImageSettings), known
    return known.images_type.value


def unreadable(source: report.Source) -> host_settings.Unreadable:
    known = collected.read(source).known
    assert isinstance(known, host_settings.Unreadable), known
    return known


@given(
    st.dictionaries(
        st.sampled_from(PATHS),
        strategies.files(VALUES, faults=True),
        min_size=1,
    )
)
def test_a_host_is_read_as_its_nova_compute_reads_it(
    content: dict[str, str],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        etc = pathlib.Path(name, 'etc', 'nova')
        write(etc, content)
        expected = known_there(pathlib.Path(name))
        found = collected.read(directory_of(etc)).known
        if isinstance(found, host_settings.Unreadable) and (
            not found.path or 'no compute_driver' in found.reason
        ):
            if isinstance(expected, host_settings.Unreadable):
                # It names the places that were looked into, which differ.
                assert not set(content) & set(PATHS[:2])
            else:
                assert 'no compute_driver' in found.reason
                assert not rule.is_compute_service(expected)
            return
        assert repr(found) == repr(expected).replace(f'{etc}/', '')


def known_there(directory: pathlib.Path) -> host_settings.Known:
    """Return what is known on a host with this root directory."""
    surroundings = search.Surroundings(
        roots.Root(str(directory)), {}, '/root', '/'
    )
    try:
        found = search.read((), surroundings)
        conf = host.configured(found, why_alone='a test')
    except errors.ConfigurationError as error:
        return host_settings.Unreadable(
            error.reason, error.path or '', error.line or 0
        )
    return host_settings.read(conf, found)


@given(strategies.files(VALUES, faults=True) | strategies.HOSTILE)
def test_a_file_is_read_as_a_directory_with_it(content: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        write(directory, {'nova.conf': content})
        known = collected.read(file_at(directory / 'nova.conf')).known
        # Equal, though the paths are not: hosts that are alike are one.
        assert known == collected.read(directory_of(directory)).known


def test_hosts_that_are_alike_are_one_object(tmp_path: pathlib.Path) -> None:
    for name in 'ab':
        write(tmp_path / name, {'nova.conf': f'{QCOW2}[vnc]\nhost = {name}\n'})
    a, b = (collected.read(directory_of(tmp_path / name)) for name in 'ab')
    assert a is b


def test_this_machine_has_no_part_in_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / 'home', {'nova.conf': RAW, '.nova/nova.conf': RAW})
    write(tmp_path / 'snap', {'etc/nova/nova.conf': RAW})
    write(tmp_path / 'a', {'nova.conf.d/é.conf': f'# é\n{QCOW2}'})
    before = collected.read(directory_of(tmp_path / 'a'))
    for name, value in {
        'HOME': str(tmp_path / 'home'),
        'SNAP': str(tmp_path / 'snap'),
        'SNAP_COMMON': str(tmp_path / 'snap'),
        'OS_DEFAULT__COMPUTE_DRIVER': 'ironic.IronicDriver',
        'OS_DEFAULT__USE_COW_IMAGES': 'False',
        'OS_DEFAULT__CONFIG_SOURCE': 'remote',
        'OS_LIBVIRT__IMAGES_TYPE': 'raw',
        'OS_LIBVIRT__USE_COW_IMAGES': 'False',
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path / 'home')
    monkeypatch.setattr('locale.getpreferredencoding', lambda *_: 'latin-1')
    collected._of_excerpts.cache_clear()
    assert collected.read(directory_of(tmp_path / 'a')) == before
    assert images_type(directory_of(tmp_path / 'a')) == 'qcow2'


#: Name of a link in a host -> what it says; {here} is the host.
LINKS_INSIDE = {
    'nova.conf': '/real.conf',
    'nova-compute.conf': '../../../../real.conf',
    'nova.conf.d': '/real.d',
    'nova-compute.conf.d': 'deep/../real.d',
}


@pytest.mark.parametrize('name', LINKS_INSIDE)
def test_a_link_stays_inside_the_host(
    name: str, tmp_path: pathlib.Path
) -> None:
    inside = tmp_path / 'host'
    content = LIBVIRT.format('qcow2')
    write(inside, {'real.conf': content, 'real.d/1.conf': content})
    (inside / 'deep').symlink_to('/')
    # What the same links would lead to from here.
    write(tmp_path, {'real.conf': RAW, 'real.d/1.conf': RAW})
    (inside / name).symlink_to(LINKS_INSIDE[name])
    assert images_type(directory_of(inside)) == 'qcow2'


def test_a_link_to_a_file_of_this_machine_leads_nowhere(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path, {'outside.conf': RAW})
    write(tmp_path / 'host', {'nova-compute.conf': DRIVER})
    link = tmp_path / 'host' / 'nova.conf'
    link.symlink_to(tmp_path / 'outside.conf')
    assert unreadable(directory_of(tmp_path / 'host')) == (
        'cannot be read: No such file or directory',
        'nova.conf',
        0,
    )


def test_a_file_may_be_a_link_and_a_host_may_be_one(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path / 'store', {'a/nova.conf': QCOW2})
    (tmp_path / 'a.conf').symlink_to('store/a/nova.conf')
    (tmp_path / 'a').symlink_to(tmp_path / 'store' / 'a')
    assert images_type(file_at(tmp_path / 'a.conf')) == 'qcow2'
    assert images_type(directory_of(tmp_path / 'a')) == 'qcow2'


#: Lines that name a source, or may, with the line that is told.
CONFIG_SOURCES = {
    '[DEFAULT]\nconfig_source = remote\n[remote]\ndriver = remote_file\n'
    'uri = {uri}\n': 2,
    '[DEFAULT]\nconfig_source: "remote"\n': 2,
    '[DEFAULT]\nconfig_source = a, b\n': 2,
    '[DEFAULT]\nconfig_source = a\nconfig_source = b\n': 3,
    '[DEFAULT]\nconfig_source =\n  remote\n': 2,
    '[DEFAULT]\nconfig_source = $host\n': 2,
    '[DEFAULT]\nconfig_source = $config_source\n': 2,
    '[DEFAULT]\nuse_cow_images = maybe\nconfig_source = $use_cow_images\n': 3,
    '[libvirt]\nimages_type = raw\n[DEFAULT]\nconfig_source = remote\n': 4,
}


@pytest.mark.parametrize('content', CONFIG_SOURCES)
@pytest.mark.parametrize('path', ['nova.conf', 'nova-compute.conf.d/z.conf'])
def test_a_source_is_never_followed(
    path: str, content: str, tmp_path: pathlib.Path
) -> None:
    trap = tmp_path / 'trap'
    os.mkfifo(trap)
    write(
        tmp_path / 'host',
        {'nova.conf': QCOW2, path: content.format(uri=f'file://{trap}')},
    )
    # Were the pipe opened, this would wait for ever.
    known = unreadable(directory_of(tmp_path / 'host'))
    assert 'config_source' in known.reason
    assert (known.path, known.line) == (path, CONFIG_SOURCES[content])


@pytest.mark.parametrize(
    'lines',
    [
        '[DEFAULT]\nconfig_source =\n',
        '[default]\nconfig_source = remote\n',
        '[remote]\ndriver = remote_file\nuri = http://192.0.2.1/\n',
    ],
)
def test_what_names_no_source_is_read(
    lines: str, tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {'nova.conf': QCOW2 + lines})
    assert images_type(directory_of(tmp_path)) == 'qcow2'


def test_the_waivers_of_a_host_are_not_read(tmp_path: pathlib.Path) -> None:
    trap = tmp_path / 'waivers.yaml'
    os.mkfifo(trap)
    lines = f'[nova_cow_check]\nwaivers_file = {trap}\n'
    write(tmp_path, {'nova.conf': QCOW2 + lines})
    found = collected.read(directory_of(tmp_path))
    assert found.accepted == ()
    assert isinstance(found.known, host_settings.ImageSettings)


def no_file(path: pathlib.Path) -> None:
    path.mkdir()


def loop(path: pathlib.Path) -> None:
    path.symlink_to(path.name)


def endless(path: pathlib.Path) -> None:
    with path.open('wb') as stream:
        stream.truncate(roots.LARGEST_FILE + 1)


def not_text(path: pathlib.Path) -> None:
    path.write_bytes(b'[DEFAULT]\n# caf\xe9 S3cr3t\n')


def not_valid(path: pathlib.Path) -> None:
    path.write_text(f'{passwords.CONFIGURATION}S3cr3t\n')


#: What stands in the place of a file -> why it cannot be read, and the line.
INSTEAD = {
    no_file: ('cannot be read: Is a directory', 0),
    os.mkfifo: ('cannot be read: not a regular file', 0),
    loop: ('cannot be read: Too many levels of symbolic links', 0),
    endless: ('larger than 16 MiB: not a configuration file', 0),
    not_text: ('not valid UTF-8 text', 2),
    not_valid: (
        'not a valid configuration file: the line has neither "=" nor ":"',
        passwords.LINES + 1,
    ),
}


@pytest.mark.parametrize('make', INSTEAD)
@pytest.mark.parametrize(
    'path', ['nova.conf', 'nova-compute.conf', 'nova.conf.d/1.conf']
)
def test_what_cannot_be_read_is_told_with_its_place(
    path: str, make: object, tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {'nova-compute.conf.d/1.conf': DRIVER})
    (tmp_path / path).parent.mkdir(exist_ok=True)
    make(tmp_path / path)
    reason, line = INSTEAD[make]
    assert unreadable(directory_of(tmp_path)) == (reason, path, line)


def test_a_device_is_no_file_and_a_file_no_directory(
    tmp_path: pathlib.Path,
) -> None:
    zero = tmp_path / 'zero.conf'
    zero.symlink_to('/dev/zero')
    assert unreadable(file_at(zero)).reason.endswith('not a regular file')
    write(tmp_path, {'nova.conf.d': RAW})
    assert unreadable(directory_of(tmp_path)) == (
        'cannot be read: Not a directory',
        'nova.conf.d',
        0,
    )


def test_nothing_of_a_host_is_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'host').mkdir()
    write(tmp_path / 'host', {'readme.txt': '', 'nova-api.conf': DRIVER})
    (tmp_path / 'dangling').symlink_to('nowhere')
    for name in ('host', 'dangling'):
        known = unreadable(directory_of(tmp_path / name))
        assert known.reason.startswith('found no configuration to read')
        assert 'nova.conf' in known.reason
        assert known.path == ''


def test_a_host_that_is_expected_and_not_there_is_told() -> None:
    source = report.Source(report.SourceKind.LIST, 'hosts.txt')
    assert unreadable(source).reason == (
        'it is expected, but there is nothing of it'
    )


def test_a_directory_that_cannot_be_listed_is_read_by_name(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one with the mode 0711, for anybody but its owner."""
    write(tmp_path, {'nova.conf': RAW})

    def refuse(path: str) -> list[str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, 'listdir', refuse)
    assert images_type(directory_of(tmp_path)) == 'raw'


def test_the_root_directory_can_be_a_host(tmp_path: pathlib.Path) -> None:
    root = collected._Directory('/')
    os.mkfifo(tmp_path / 'nova.conf')
    with pytest.raises(OSError, match='not a regular file'):
        root.read(f'{tmp_path}/nova.conf')


def test_values_are_those_of_the_same_files_read_whole(
    tmp_path: pathlib.Path,
) -> None:
    write(tmp_path, {'nova.conf': passwords.CONFIGURATION + RAW})
    found = host_config.Configuration(
        (files.read_file(str(tmp_path / 'nova.conf'), roots.Root()),), {}
    )
    expected = host_settings.read(host_config.HostConfig(found), found)
    known = collected.read(directory_of(tmp_path)).known
    assert repr(known) == repr(expected).replace(f'{tmp_path}/', '')


#: nova.conf -> whether it can be all that a nova-compute reads.
WHOLE = {
    '': False,
    '[DEFAULT]\nmy_ip = 192.0.2.1\n': False,
    '[DEFAULT]\ncompute_driver =\n': False,
    # Lines that Nova ignores are no sign of a compute host.
    '[DEFAULT]\nimages_type = qcow2\n': False,
    '[DEFAULT]\ncompute_driver = ironic.IronicDriver\n': True,
    '[DEFAULT]\ncompute_driver = $driver\n': True,
    '[libvirt]\n#virt_type = kvm\n': False,
    '[libvirt ]\nvirt_type = kvm\n': False,
    '[libvirtd]\nvirt_type = kvm\n': False,
    '[libvirt]\nimages_type = qcow2\n': True,
    '[libvirt]\nvirt_type = kvm\n': True,
    '[LibVirt]\nuse_cow_images = False\n': True,
    '[DEFAULT]\nmy_ip = $host\n[libvirt]\ncpu_mode = $x\n': True,
    '[DEFAULT]\nforce_raw_images = True\n': True,
}


@pytest.mark.parametrize('kind', ['FILE', 'DIRECTORY', 'REPORT'])
@pytest.mark.parametrize('content', WHOLE)
def test_what_is_no_compute_hosts_does_not_pass_in_any_form(
    content: str, kind: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path
    if kind != 'DIRECTORY':
        path = tmp_path / 'compute1'
    whole = sample_reports.of(hosts.host(content))
    if kind == 'REPORT':
        path.write_text(''.join(json.render(whole, interface.Appearance())))
    else:
        (path / 'nova.conf' if kind == 'DIRECTORY' else path).write_text(
            content
        )
    source = report.Source(report.SourceKind[kind], str(path))
    known = collected.read(source).known
    assert isinstance(known, host_settings.ImageSettings) is WHOLE[content]
    if isinstance(known, host_settings.Unreadable):
        assert 'nova-compute.conf is missing' in known.reason
        return
    (own,) = whole.hosts
    judged = report.judge(report.ReadHost('compute1', known))
    assert [row.facts for row in judged.rows] == [
        row.facts for row in own.rows
    ]
    assert judged.rules == own.rules


@pytest.mark.parametrize('name', ['compute2', 'a.conf.d'])
def test_a_host_that_holds_hosts_is_not_read(
    name: str, tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {'nova.conf': QCOW2})
    (tmp_path / 'nova.conf.d').mkdir()
    (tmp_path / 'nova.conf.d' / 'nova.conf').write_text(QCOW2)
    assert not isinstance(
        collected.read(directory_of(tmp_path)).known, host_settings.Unreadable
    )
    (tmp_path / name).mkdir()
    (tmp_path / name / 'nova.conf').write_text(QCOW2)
    assert collected.read(
        directory_of(tmp_path)
    ).known == host_settings.Unreadable(
        f'it has files of a host, and {name}, which is one: it is either a '
        'host or a folder of hosts'
    )


KINDS = ('qcow2', 'raw', 'rbd')


@pytest.fixture
def fleet(tmp_path: pathlib.Path) -> tuple[collection.Host, ...]:
    for number in range(30):
        kind = KINDS[number % len(KINDS)]
        write(
            tmp_path, {f'{number:02}.conf': hosts.nova_conf(images_type=kind)}
        )
    return collection.find([str(tmp_path)]).hosts


def test_all_are_read_in_their_order(
    fleet: tuple[collection.Host, ...],
) -> None:
    read = list(collected.read_all(fleet))
    found = [
        one.found.known.images_type.value
        for one in read
        if isinstance(one.found.known, host_settings.ImageSettings)
    ]
    assert found == [*KINDS] * 10


@pytest.mark.parametrize('remembers', [True, False])
def test_those_that_are_alike_take_the_memory_of_one(
    remembers: bool,
    fleet: tuple[collection.Host, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not remembers:
        # More different hosts than can be, or files that are parsed whole.
        forgetful = collected._of_excerpts.__wrapped__
        monkeypatch.setattr(collected, '_of_excerpts', forgetful)
    read = list(collected.read_all(fleet))
    assert len({id(one.found) for one in read}) == len(KINDS)


def test_hosts_are_read_one_by_one(
    fleet: tuple[collection.Host, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = collected.read

    def faulty(source: report.Source) -> collected.Collected:
        if source.path.endswith('03.conf'):
            raise LookupError
        if source.path.endswith('04.conf'):
            raise KeyboardInterrupt
        return real(source)

    monkeypatch.setattr(collected, 'read', faulty)
    reading = collected.read_all(fleet)
    assert [next(reading) for _host in range(3)]
    known = next(reading).found.known
    assert isinstance(known, host_settings.Unreadable)
    assert 'LookupError' in known.reason
    with pytest.raises(KeyboardInterrupt):
        next(reading)


def test_a_host_that_is_there_more_than_once_is_not_read() -> None:
    sources = tuple(
        report.Source(report.SourceKind.FILE, path)
        for path in ('old/a.conf', 'new/\x1b\udcff/a.conf')
    )
    (read,) = collected.read_all([collection.Host('a', sources)])
    assert read.found.known == host_settings.Unreadable(
        'the host is there more than once: old/a.conf, new/\\x1b\\xff/a.conf'
    )


class TestReport:
    """A report in place of files; what it says is tested where it is read."""

    DATA = ''.join(
        json.render(
            sample_reports.of(hosts.host(hosts.nova_conf(images_type='flat'))),
            interface.Appearance(),
        )
    ).encode()

    def read(self, path: pathlib.Path) -> host_settings.Known:
        source = report.Source(report.SourceKind.REPORT, str(path))
        return collected.read(source).known

    def reason(self, path: pathlib.Path) -> str:
        known = self.read(path)
        assert isinstance(known, host_settings.Unreadable)
        return known.reason

    def test_it_is_read(self, tmp_path: pathlib.Path) -> None:
        path = tmp_path / 'compute1.json'
        path.write_bytes(self.DATA)
        (told,) = reader.parse(self.DATA, datetime.date.today()).hosts
        known = told.host.known
        assert self.read(path) == known
        link = tmp_path / 'link.json'
        link.symlink_to(path)
        assert self.read(link) == known

    def test_what_is_no_file_is_not_waited_for(
        self, tmp_path: pathlib.Path
    ) -> None:
        os.mkfifo(tmp_path / 'fifo')
        assert self.reason(tmp_path / 'fifo').endswith('not a regular file')
        zero = pathlib.Path('/dev/zero')
        assert self.reason(zero).endswith('not a regular file')
        assert self.reason(tmp_path).startswith('cannot be read: ')
        assert self.reason(tmp_path / 'none').startswith('cannot be read: ')

    def test_one_that_is_too_large_is_not_parsed(
        self, tmp_path: pathlib.Path
    ) -> None:
        path = tmp_path / 'compute1.json'
        path.write_bytes(self.DATA + 2 * roots.LARGEST_FILE * b' ')
        assert self.reason(path) == 'larger than 32 MiB: not a report of ' + (
            'one host'
        )


@pytest.mark.parametrize(
    ('content', 'line', 'told'),
    [
        (
            '[x]\n\ncompute_driver = hunter2\n',
            3,
            '[x]/compute_driver, and reads compute_driver in the group '
            '[DEFAULT] only',
        ),
        (
            '[default]\ncompute_driver = x.Y\n',
            2,
            '[default]/compute_driver, and reads compute_driver in [DEFAULT], '
            'which has to be written in capital letters',
        ),
        (
            '[DEFAULT]\nmy_ip = 1\n compute_driver = x.Y\n',
            3,
            'compute_driver, because white space before it makes the line a '
            'part of the value above it',
        ),
        (
            '[DEFAULT]\nCompute-Driver = x.Y\n',
            2,
            '[DEFAULT]/Compute-Driver, and reads it only when spelt '
            'compute_driver',
        ),
        (
            '[DEFAULT]\ncompute_drive = libvirt.LibvirtDriver\n',
            2,
            '[DEFAULT]/compute_drive, and has no such option; it has '
            '[DEFAULT]/compute_driver',
        ),
    ],
)
def test_a_misplaced_driver_is_told(
    content: str, line: int, told: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'h.conf').write_text(content)
    known = unreadable(file_at(tmp_path / 'h.conf'))
    assert (known.path, known.line) == ('nova.conf', line)
    assert known.reason.endswith(f'Nova ignores {told}')
    assert 'hunter2' not in repr(known)
