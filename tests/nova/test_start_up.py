# SPDX-License-Identifier: Apache-2.0

"""The settings with which nova-compute does not start."""

from __future__ import annotations

import ast
from importlib import metadata
from importlib import util
import itertools
import logging
import pathlib

import nova.conf
from nova import config
from nova import exception
from nova import virt
from nova.virt import driver as virt_driver
from nova.virt import fake
from oslo_config import cfg
import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import arguments
from nova_cow_check.sources import search
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
        'kvm',
        'LibvirtDriver',
        'libvirt.LibvirtDriver # x',
        'cloud libvirt.Driver',
        '[]',
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


def test_a_driver_that_is_named_after_libvirts(
    cloud: harness.Cloud,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """nova.virt.driver.load_compute_driver takes what is in nova.virt."""
    (tmp_path / 'cloud.py').write_text(
        'from nova.virt import libvirt\n\n\n'
        'class CloudLibvirtDriver(libvirt.LibvirtDriver):\n    pass\n'
    )
    monkeypatch.setattr(virt, '__path__', [*virt.__path__, str(tmp_path)])
    spelling = 'cloud.CloudLibvirtDriver'
    with cloud.driver_on(cloud.new_host(DEFAULTS)) as compute:
        loaded = virt_driver.load_compute_driver(fake.FakeVirtAPI(), spelling)
        assert isinstance(loaded, type(compute))
    assert drivers.kind_of(spelling) is drivers.Kind.DERIVED


def test_without_compute_driver(load: nova_compute.Load) -> None:
    """nova.virt.driver.load_compute_driver exits, whatever is in [libvirt]."""
    load('[DEFAULT]\ncompute_driver =\n[libvirt]\nimages_type = qcow2\n')
    with pytest.raises(SystemExit) as exit:
        virt_driver.load_compute_driver(fake.FakeVirtAPI())
    assert exit.value.code == 1


@pytest.mark.parametrize('name', ['config_dir', 'config_file'])
def test_what_was_read_cannot_refer_to_what_nova_does_not_know(
    name: str, load: nova_compute.Load
) -> None:
    """nova.config.parse_args, the first that nova.cmd.compute.main does."""
    with pytest.raises(cfg.NoSuchOptError, match='nothing'):
        load(f'[DEFAULT]\n{name} = $nothing\n')
    CONF.clear()
    assert load(f'[DEFAULT]\n{name} = $state_path\n')[name]


@pytest.mark.parametrize('name', ['config_dir', 'config_file'])
def test_what_refers_to_what_was_read_is_no_driver(
    name: str, load: nova_compute.Load
) -> None:
    """nova.virt.driver.load_compute_driver exits, and it is told so."""
    written = load(f'[DEFAULT]\ncompute_driver = ${name}\n').compute_driver
    assert written.startswith('[') and written.endswith(']')
    assert drivers.kind_of(written) is drivers.Kind.UNLOADABLE
    with pytest.raises(SystemExit):
        virt_driver.load_compute_driver(fake.FakeVirtAPI(), written)


def test_an_abbreviated_flag_leaves_the_defaults(
    load: nova_compute.Load,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """nova.config.parse_args reads them, and what the flag names."""
    monkeypatch.setenv('HOME', str(tmp_path))
    (tmp_path / 'x.conf').write_text('[libvirt]\nimages_type = rbd\n')
    driver = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    (tmp_path / 'nova.conf').write_text(driver)
    words = ['--config-fil', str(tmp_path / 'x.conf')]
    config.parse_args(
        ['nova-compute', *words], configure_db=False, init_rpc=False
    )
    found = search.read(arguments.given(words), search.own_surroundings())
    known = host_settings.read(host_config.HostConfig(found), found)
    assert CONF.compute_driver == known.compute_driver.value is not None
    assert CONF.libvirt.images_type == known.images_type.value == 'rbd'


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


def classes_of(path: pathlib.Path) -> set[str]:
    """Return the drivers that a module of Nova defines or passes on."""
    body = ast.parse(path.read_text()).body
    defined = {
        node.name
        for node in body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith('Driver') for base in node.bases)
    }
    passed_on = {
        ast.unparse(node.targets[0])
        for node in body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.value).startswith('driver.')
    }
    return defined | passed_on


@pytest.mark.skipif(NOVA_MAJOR < 29, reason='the table is of newer ones')
def test_the_drivers_that_nova_has() -> None:
    """The classes in nova.virt, read: some need more than there is here."""
    (root,) = virt.__path__
    found = {
        f'{path.parent.name}.driver.{name}'
        for path in pathlib.Path(root).glob('*/driver.py')
        for name in classes_of(path)
    } | {
        f'{path.parent.name}.{name}'
        for path in pathlib.Path(root).glob('*/__init__.py')
        for name in classes_of(path)
    }
    of_tests = {f'fake.{name}' for name in dir(fake)}
    names = {one for one in drivers.LOADABLE if not one.startswith('fake.')}
    assert names == found
    assert set(drivers.LOADABLE) - names <= of_tests


@pytest.mark.parametrize(
    'name', [one for one in drivers.LOADABLE if one.startswith('fake.')]
)
def test_a_driver_of_novas_tests(name: str) -> None:
    loaded = virt_driver.load_compute_driver(fake.FakeVirtAPI(), name)
    assert isinstance(loaded, virt_driver.ComputeDriver)


@pytest.mark.parametrize(
    'name',
    ['fake.FakeConnection', '{{ compute_driver }}', '@DRIVER@', 'libvirt'],
)
def test_a_name_that_nothing_has(cloud: harness.Cloud, name: str) -> None:
    with cloud.driver_on(cloud.new_host(DEFAULTS)):
        with pytest.raises((SystemExit, TypeError)):
            virt_driver.load_compute_driver(fake.FakeVirtAPI(), name)
