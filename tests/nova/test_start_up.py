# SPDX-License-Identifier: Apache-2.0

"""The settings with which nova-compute does not start."""

from __future__ import annotations

from importlib import metadata
from importlib import util
import itertools
import logging
import pathlib

import nova.conf
from nova import exception
from nova import virt
from nova.virt import driver as virt_driver
from nova.virt import fake
from oslo_config import cfg
import pytest

from nova_cow_check.nova import backends
from tests.nova import cases
from tests.nova import harness
from tests.nova import nova_compute

CONF = nova.conf.CONF
LOG = logging.getLogger(__name__)
DEFAULTS = cases.Settings('default', True, True)
NOVA_MAJOR = int(metadata.version('nova').split('.')[0])

ALL_SETTINGS = [
    cases.Settings(images_type, True, force)
    for images_type, force in itertools.product(
        cases.IMAGES_TYPES, cases.BOOLEANS
    )
]


@pytest.mark.parametrize('settings', ALL_SETTINGS, ids=str)
def test_init_host(cloud: harness.Cloud, settings: cases.Settings) -> None:
    """LibvirtDriver.init_host."""
    with cloud.driver_on(cloud.new_host(settings)) as compute:
        try:
            compute.init_host('host')
        except exception.InvalidConfiguration as error:
            assert 'force_raw_images' in str(error)
            refused = True
        else:
            refused = False
    key = (settings.backend, settings.force_raw_images)
    assert refused == (key in backends.REFUSED_AT_START)


@pytest.mark.parametrize(
    'section, option, value',
    [
        ('DEFAULT', 'use_cow_images', 'y'),
        ('DEFAULT', 'use_cow_images', 'False # why'),
        ('DEFAULT', 'force_raw_images', 'maybe'),
        ('DEFAULT', 'force_raw_images', ''),
        ('libvirt', 'images_type', 'Raw'),
        ('libvirt', 'images_type', 'qcow'),
    ],
)
def test_invalid_value(
    section: str, option: str, value: str, load: nova_compute.Load
) -> None:
    """CONF.log_opt_values, which reads every option.

    With [DEFAULT]/log_options, which is the default, nova-compute runs it
    at start-up. In Nova 34 nova.cmd.compute.main does, before it makes the
    service; under eventlet, as always in Nova 28, oslo.service does
    (ServiceLauncher.wait, which nova.service.wait calls).
    """
    conf = load(f'[{section}]\n{option} = {value}\n')
    with pytest.raises(cfg.ConfigFileValueError, match=option):
        conf.log_opt_values(LOG, logging.DEBUG)


@pytest.mark.parametrize('images_type', [*cases.FILE_IMAGES_TYPES, 'rbd'])
def test_valid_values(images_type: str, load: nova_compute.Load) -> None:
    """CONF.log_opt_values again, so that it is the value that it minds."""
    conf = load(
        '[DEFAULT]\nuse_cow_images = no\nforce_raw_images = 1\n'
        f'[libvirt]\nimages_type = {images_type}\n'
    )
    conf.log_opt_values(LOG, logging.DEBUG)


@pytest.mark.parametrize(
    'spelling', ['libvirt.LibvirtDriver', 'libvirt.driver.LibvirtDriver']
)
def test_compute_driver(cloud: harness.Cloud, spelling: str) -> None:
    """nova.virt.driver.load_compute_driver loads the libvirt driver."""
    with cloud.driver_on(cloud.new_host(DEFAULTS)) as compute:
        loaded = virt_driver.load_compute_driver(fake.FakeVirtAPI(), spelling)
        assert type(loaded) is type(compute)


@pytest.mark.parametrize(
    'spelling',
    [
        'nova.virt.libvirt.LibvirtDriver',
        'nova.virt.libvirt.driver.LibvirtDriver',
        'libvirt.libvirtdriver',
        'xenapi.XenAPIDriver',
        'powervm.PowerVMDriver',
        # On a version that has it, it may load: os-win decides.
        *(['hyperv.HyperVDriver'] if NOVA_MAJOR >= 29 else []),
    ],
)
def test_unknown_compute_driver(cloud: harness.Cloud, spelling: str) -> None:
    """nova.virt.driver.load_compute_driver exits."""
    with cloud.driver_on(cloud.new_host(DEFAULTS)):
        with pytest.raises(SystemExit) as exit:
            virt_driver.load_compute_driver(fake.FakeVirtAPI(), spelling)
    assert exit.value.code == 1


def test_drivers_that_read_use_cow_images() -> None:
    """The packages in nova.virt whose source names the option."""
    (root,) = virt.__path__
    readers = {
        path.relative_to(root).parts[0]
        for path in pathlib.Path(root).rglob('*.py')
        if 'use_cow_images' in path.read_text()
    }
    has_hyperv = util.find_spec('nova.virt.hyperv') is not None
    assert has_hyperv == (NOVA_MAJOR < 29)
    assert readers == ({'libvirt', 'hyperv'} if has_hyperv else {'libvirt'})
