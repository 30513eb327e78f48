# SPDX-License-Identifier: Apache-2.0

"""What fix writes, read and acted on by Nova itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import difflib
import pathlib
import subprocess
import sys

import nova.conf
import pytest

from nova_cow_check.nova import operations
from tests.functional import conftest
from tests.nova import cases
from tests.nova import harness
from tests.nova import nova_compute
from tests.nova import test_moves

DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

#: Lines of the sample configuration: there are more than this.
SAMPLE_LINES = 11_000

NAMESPACES = (
    'nova.conf',
    'keystonemiddleware.auth_token',
    'oslo.cache',
    'oslo.concurrency',
    'oslo.db',
    'oslo.log',
    'oslo.messaging',
    'oslo.middleware',
    'oslo.policy',
    'oslo.privsep',
    'oslo.reports',
    'oslo.service.periodic_task',
    'oslo.service.service',
)

#: Name -> lines above and below the sample configuration.
ODD_PLACES = {
    'nothing set': (DRIVER, ''),
    'at the very end': (
        DRIVER,
        '\n[LIBVIRT]\nimages_type:flat\n[DEFAULT]\nmy_ip = 192.0.2.1\n',
    ),
    'in repeated sections': (
        f'{DRIVER}use_cow_images = True\n[libvirt]\nimages_type = raw\n',
        '\n[DEFAULT]\nuse_cow_images=True\n[libvirt]\nimages_type = qcow2\n'
        '[DEFAULT]\nuse_cow_images: "no"',
    ),
    'invalid, with a comment': (
        DRIVER,
        '\n[DEFAULT]\nuse_cow_images = False # why\n'
        '[libvirt]\nimages_type = Raw',
    ),
}


def fix(path: pathlib.Path, *arguments: str) -> str:
    """Run the command, and return what it prints."""
    command = pathlib.Path(sys.executable).with_name('nova-cow-check')
    result = subprocess.run(
        [command, 'fix', '--config-file', path, *arguments],
        env=conftest.environment(path.parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    expected = 0 if arguments else 1
    assert result.returncode == expected, result
    return result.stdout


def changed(diff: Iterable[str]) -> list[str]:
    """Return the lines that a diff takes away and puts in."""
    _old, _new, *lines = [line for line in diff if line[:1] in ('-', '+')]
    return lines


def settings_of(load: nova_compute.Load, content: str) -> cases.Settings:
    """Return the settings that Nova reads in a nova.conf."""
    conf = load(content)
    try:
        return cases.Settings(
            conf.libvirt.images_type,
            conf.use_cow_images,
            conf.force_raw_images,
        )
    finally:
        nova.conf.CONF.reset()


@pytest.fixture(scope='module')
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Nova's own sample configuration: every option, commented out."""
    path = tmp_path_factory.mktemp('sample') / 'nova.conf.sample'
    generator = pathlib.Path(sys.executable).with_name('oslo-config-generator')
    namespaces = [f'--namespace={name}' for name in NAMESPACES]
    subprocess.run(
        [generator, *namespaces, f'--output-file={path}'],
        env=conftest.environment(path.parent),
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=600,
    )
    content = path.read_text()
    assert content.count('\n') > SAMPLE_LINES
    yield content


@pytest.mark.parametrize(
    ('images_type', 'use_cow_images'),
    [('flat', 'True'), ('raw', 'yes'), ('qcow2', 'False')],
)
def test_a_move_to_a_fixed_host_leaves_the_disk_as_its_xml_says(
    images_type: str,
    use_cow_images: str,
    cloud: harness.Cloud,
    load: nova_compute.Load,
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'broken.conf'
    path.write_text(
        f'{DRIVER}use_cow_images = {use_cow_images}\n'
        f'[libvirt]\nimages_type = {images_type}\n'
    )
    raw_host = cases.Settings('flat', False, True)
    guest = cloud.boot(cases.Boot(raw_host, cases.RAW))
    broken = settings_of(load, path.read_text())
    moved = cloud.cold_migrate(cloud.copy(guest), broken)
    assert test_moves.look_at(moved).effect in test_moves.BROKEN

    fix(path, '--write')
    fixed = settings_of(load, path.read_text())
    assert fixed.backend is broken.backend
    moved = cloud.cold_migrate(cloud.copy(guest), fixed)
    seen = test_moves.look_at(moved)
    assert seen.disk is seen.xml
    assert harness.guest_has_its_data(moved)


@pytest.mark.parametrize('name', ODD_PLACES)
def test_in_the_sample_configuration_nothing_else_changes(
    name: str, sample: str, load: nova_compute.Load, tmp_path: pathlib.Path
) -> None:
    above, below = ODD_PLACES[name]
    path = tmp_path / 'large.conf'
    path.write_text(above + sample + below)
    before = path.read_text()
    printed = fix(path)
    assert path.read_text() == before
    assert fix(path, '--write') == printed
    after = path.read_text()
    assert changed(printed.splitlines()) == changed(
        difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
    )
    fixed = settings_of(load, after)
    assert fixed.images_type != 'default'
    safe = operations.safe_use_cow_images(fixed.backend)
    assert fixed.use_cow_images is safe


def test_a_setting_goes_below_its_line_in_the_sample(
    sample: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'large.conf'
    path.write_text(DRIVER + sample)
    fix(path, '--write')
    lines = path.read_text().splitlines()
    place = lines.index('images_type = qcow2')
    assert lines[place - 1] == '#images_type = default'
