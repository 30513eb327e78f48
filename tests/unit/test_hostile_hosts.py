# SPDX-License-Identifier: Apache-2.0

"""Whatever a host's files hold, nothing of it is unexpected."""

from __future__ import annotations

import os
import pathlib
import tempfile

from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import errors
from nova_cow_check.fixer import plan
from nova_cow_check.formats import interface
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import editable_files
from tests.unit.fixer import fixes
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

NAMES = st.sampled_from(
    [
        'images_type', 'use_cow_images', 'force_raw_images', 'compute_driver',
        'config_source', 'config_dir', 'config_file', 'waivers_file',
        'driver', 'uri', 'use-cow-images', 'libvirt_images_type', 'a',
        'images_type' * 30,
    ]
)  # fmt: skip

GROUPS = st.sampled_from(
    [
        'DEFAULT', 'DEFAULT', 'libvirt', 'nova_cow_check', 'default',
        'use_cow_images', '$libvirt', '\x00', 'x' * 5000,
    ]
)  # fmt: skip

REFERENCES = st.sampled_from(
    [
        '$', '$$', r'\$', '$images_type', '${libvirt.images_type}',
        '$use_cow_images', '$force_raw_images', '${compute_driver}',
        '$config_source', '$config_dir', '$config_file', '$config_dirs',
        '${nova_cow_check.waivers_file}', '$libvirt', '${libvirt.}', '$a.',
        '${a..b}', '$libvirt.images_type.x', '$__class__', '$_groups',
        '$x' * 999, '$libvirt.images_type' * 9999,
    ]
)  # fmt: skip

VALUES = st.lists(
    REFERENCES
    | st.sampled_from(strategies.VALUES)
    | st.sampled_from(['', 'maybe', '\x00', '9' * 5000, '1e999', '-1', '['])
    | st.sampled_from(['a,' * 40_000, 'x' * 99_999, 'ftp://[', '\n  more'])
    | st.text(max_size=5),
    max_size=3,
).map(''.join)

ASSIGNMENTS = st.builds('{} = {}\n'.format, NAMES, VALUES)

SECTIONS = st.builds('[{}]\n'.format, GROUPS)

CONTENTS = st.lists(
    st.tuples(SECTIONS, st.lists(ASSIGNMENTS, max_size=4)).map(
        lambda one: one[0] + ''.join(one[1])
    ),
    max_size=4,
).map(''.join)

BYTES = CONTENTS.map(lambda text: text.encode(errors='surrogatepass'))

#: What the operating system takes in a name.
HOST_NAMES = (
    st.text(
        st.characters(exclude_categories=['Cs'], exclude_characters='/\0'),
        min_size=1,
        max_size=20,
    )
    .map(lambda name: os.fsdecode(name.encode()))
    .filter(lambda name: not name.startswith('.'))
) | st.sampled_from(
    ['c' + '9' * 100, '[1-9]', '\udcff', '\x1b[2J', '{{x}}', '%s', 'a\nb']
)


def read(folder: pathlib.Path) -> report.Report:
    found = collection.find([str(folder)])
    read_hosts = [
        report.ReadHost(name, known.known, known.accepted, source)
        for name, source, known, *_others in collected.read_all(found.hosts)
    ]
    return report.Report(
        hosts=fleet.compare(read_hosts),
        waivers_read=(),
        fail_on=report.FailOn.WARNING,
        version='1.2.3',
        created=sample_reports.CREATED,
        is_fleet=True,
    )


@given(
    st.lists(BYTES | st.binary(max_size=40), min_size=1, max_size=3),
    HOST_NAMES,
)
@example(
    [b'[DEFAULT]\nuse_cow_images=x\nconfig_source=$use_cow_images\n'], 'a'
)
@example([b'[libvirt]\nimages_type = $images_type\n'], 'a')
def test_every_host_is_read_and_shown_or_told_why_not(
    contents: list[bytes], name: str
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / 'good.conf').write_text(fleets.QCOW2)
        for number, content in enumerate(contents):
            (folder / f'{name[:80]}{number}.conf').write_bytes(content)
        whole = read(folder)
        for host in whole.hosts:
            if isinstance(host.known, host_settings.Unreadable):
                assert 'could not be read or judged' not in host.known.reason
                continue
            assert host.source is not None
            try:
                loaded = editable_files.load(host.source).conf.configuration
                data = pathlib.Path(host.source.path).read_bytes()
                plan.make(loaded, {host.source.path: data}, fixes.judge)
            except errors.NoVerdict:
                continue
        (good,) = [host for host in whole.hosts if host.name == 'good']
        assert isinstance(good.known, host_settings.ImageSettings)
        assert not any(host.failed for host in whole.hosts)
        for one in ('html', 'journal', 'json', 'junit', 'sarif', 'text'):
            pieces = interface.load(one)(whole, interface.Appearance())
            assert ''.join(pieces)


#: Name -> lines that make a value of a few of them fill the memory.
GROWING = {
    'references to references': (
        f'[DEFAULT]\ncompute_driver = {"$libvirt.images_type" * 9999}\n'
        f'[libvirt]\nimages_type = {"${nova_cow_check.waivers_file}" * 9999}\n'
        f'[nova_cow_check]\nwaivers_file = {"x" * 9999}\n'
    ),
    'references to a long value': (
        f'[DEFAULT]\ncompute_driver = {"$libvirt.images_type" * 9999}\n'
        f'[libvirt]\nimages_type = {"x" * 99_999}\n'
    ),
    'a list of sources': f'[DEFAULT]\nconfig_source = {"a," * 999_999}\n',
    'a list of sources elsewhere': (
        '[DEFAULT]\nconfig_source = $compute_driver\n'
        f'compute_driver = {"a," * 999_999}\n'
    ),
}


@pytest.mark.parametrize('name', GROWING)
def test_a_value_cannot_fill_the_memory(
    name: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'a.conf').write_text(GROWING[name])
    whole = read(tmp_path)
    assert whole.exit_code == 2
    (host,) = whole.hosts
    if isinstance(host.known, host_settings.ImageSettings):
        assert host.known.compute_driver.fault is not None
    else:
        assert 'config_source cannot be used' in host.known.reason


def test_what_is_remembered_of_a_fleet_is_small() -> None:
    cached = collected._of_excerpts
    for lines, remembered in ((10, 1), (100_000, 0)):
        cached.cache_clear()
        text = fleets.QCOW2 + 'images_type = qcow2\n' * lines
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / 'a.conf').write_text(text)
            (host,) = read(pathlib.Path(directory)).hosts
        assert cached.cache_info().currsize == remembered
        known = host.image_settings
        assert known is not None
        assert known == hosts.host(text).settings()
