# SPDX-License-Identifier: Apache-2.0

"""Two hosts for all tests; without what they need, the tests fail."""

from __future__ import annotations

from collections.abc import Iterator
import os
import shutil
import sys

import pytest

from tests.guests import cloud
from tests.guests import compute
from tests.guests import leftovers

_PROGRAMS = {
    'ip': 'iproute2',
    'libvirtd': 'libvirt-daemon',
    'nasm': 'nasm',
    'nsenter': 'util-linux',
    'qemu-img': 'qemu-utils',
    'qemu-system-x86_64': 'qemu-system-x86',
    'unshare': 'util-linux',
    'virsh': 'libvirt-clients',
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        '--all',
        action='store_true',
        help='run every case, not one for each thing that is told',
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        'markers', 'repeats: of it, the same is told as of another case'
    )
    if config.option.help or config.option.collectonly:
        return
    if os.geteuid() != 0:
        pytest.exit('tests/guests needs root', returncode=1)
    path = os.pathsep.join([os.environ['PATH'], '/usr/sbin', '/sbin'])
    os.environ['PATH'] = path
    for program, package in _PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.exit(
                f'tests/guests needs {program} (Debian: {package})',
                returncode=1,
            )
    if not compute.libvirt_modules():
        pytest.exit(
            'tests/guests needs the modules for libvirt that Debian has for '
            f'its own Python (Debian: python3-libvirt), not {sys.executable}',
            returncode=1,
        )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.getoption('--all'):
        return
    left_out = [one for one in items if one.get_closest_marker('repeats')]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [one for one in items if not one.get_closest_marker('repeats')]


@pytest.fixture(scope='session')
def _cloud() -> Iterator[cloud.Cloud]:
    with cloud.temporary() as its_cloud:
        yield its_cloud
        # A guest that runs goes with its host, too.
        its_cloud.first.configure('')
        assert its_cloud.spawn().words()
    assert leftovers.of(its_cloud.top) == []


@pytest.fixture(scope='session')
def _sharing_cloud() -> Iterator[cloud.Cloud]:
    with cloud.temporary(is_shared=True) as its_cloud:
        yield its_cloud
    assert leftovers.of(its_cloud.top) == []


@pytest.fixture
def sharing_hosts(_sharing_cloud: cloud.Cloud) -> Iterator[cloud.Cloud]:
    """The same, with one instances_path for both."""
    yield _sharing_cloud
    _sharing_cloud.clear()


@pytest.fixture
def two_hosts(_cloud: cloud.Cloud) -> Iterator[cloud.Cloud]:
    """Two hosts without guests, and with nothing cached."""
    yield _cloud
    _cloud.clear()
