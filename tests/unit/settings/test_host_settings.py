# SPDX-License-Identifier: Apache-2.0

"""Settings of a ConfigOpts that another program loaded."""

from __future__ import annotations

import pathlib

from oslo_config import cfg
import pytest

from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import host
from tests.unit import hosts

KINDS = parsing.OriginKind

#: An option that can be referred to, and can be anything.
REFERENCE = '${nova_cow_check.waivers_file}'
REFERRED = '[nova_cow_check]\nwaivers_file = '


def load(
    tmp_path: pathlib.Path, *contents: str, directory: str | None = None
) -> cfg.ConfigOpts:
    """Return a ConfigOpts that read files, and after them a directory."""
    conf = cfg.ConfigOpts()
    arguments = []
    for number, content in enumerate(contents):
        path = tmp_path / f'{number}.conf'
        path.write_text(content)
        arguments += ['--config-file', str(path)]
    if directory is not None:
        (tmp_path / 'conf.d').mkdir()
        (tmp_path / 'conf.d' / 'x.conf').write_text(directory)
        arguments += ['--config-dir', str(tmp_path / 'conf.d')]
    conf(arguments, default_config_files=[], default_config_dirs=[])
    return conf


def read(conf: cfg.ConfigOpts) -> host_settings.ImageSettings:
    return host_settings.read(conf, host.configuration_of(conf))


def place(setting: host_settings.Setting) -> str:
    origin = setting.origin
    return f'{pathlib.Path(origin.name).name}:{origin.line}'


def test_the_place_is_the_line_and_not_the_last_file_with_the_section(
    tmp_path: pathlib.Path,
) -> None:
    conf = load(
        tmp_path,
        '[DEFAULT]\n\nuse_cow_images = False\n',
        '[DEFAULT]\nmy_ip = 192.0.2.1\n',
    )
    setting = read(conf).use_cow_images
    assert setting.value is False
    assert place(setting) == '0.conf:3'


def test_a_directory_comes_after_the_files(tmp_path: pathlib.Path) -> None:
    conf = load(
        tmp_path,
        '[libvirt]\nimages_type = raw\n',
        directory='[libvirt]\n#\nimages_type = flat\n',
    )
    setting = read(conf).images_type
    assert (setting.value, place(setting)) == ('flat', 'x.conf:3')


def test_the_place_fits_the_value_when_the_order_is_not_known(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'conf.d').mkdir()
    (tmp_path / 'conf.d' / 'x.conf').write_text('[libvirt]\nimages_type=raw\n')
    (tmp_path / 'a.conf').write_text('[libvirt]\n\nimages_type = flat\n')
    conf = cfg.ConfigOpts()
    conf(
        [
            f'--config-dir={tmp_path}/conf.d',
            f'--config-file={tmp_path}/a.conf',
        ]
    )
    setting = read(conf).images_type
    assert (setting.value, place(setting)) == ('flat', 'a.conf:3')


def test_options_that_are_registered_already_are_left_alone(
    tmp_path: pathlib.Path,
) -> None:
    conf = load(tmp_path, '[DEFAULT]\nuse_cow_images = False\n')
    conf.register_opt(
        cfg.BoolOpt('use_cow_images', default=True, help='other words')
    )
    assert read(conf).use_cow_images.value is False


def test_an_override(tmp_path: pathlib.Path) -> None:
    conf = load(tmp_path, '[DEFAULT]\nuse_cow_images = True\n')
    opts.register(conf)
    conf.set_override('use_cow_images', False)
    setting = read(conf).use_cow_images
    assert (setting.value, setting.origin.kind) == (False, KINDS.OVERRIDE)


def test_an_override_that_was_cleared(tmp_path: pathlib.Path) -> None:
    conf = load(tmp_path, '')
    opts.register(conf)
    conf.set_override('use_cow_images', False)
    conf.clear_override('use_cow_images')
    setting = read(conf).use_cow_images
    assert (setting.value, setting.is_written) == (True, False)


def test_an_override_of_a_file(tmp_path: pathlib.Path) -> None:
    conf = load(tmp_path, '[DEFAULT]\nuse_cow_images = False\n')
    opts.register(conf)
    conf.set_override('use_cow_images', True)
    setting = read(conf).use_cow_images
    assert (setting.value, setting.origin.kind) == (True, KINDS.OVERRIDE)


def test_the_environment(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('OS_LIBVIRT__IMAGES_TYPE', 'lvm')
    setting = read(load(tmp_path, '[libvirt]\nimages_type=raw\n')).images_type
    assert setting.value == 'lvm'
    assert setting.origin == parsing.Origin(
        KINDS.ENVIRONMENT, 'OS_LIBVIRT__IMAGES_TYPE'
    )
    assert [origin.kind for origin in setting.written] == [
        KINDS.FILE,
        KINDS.ENVIRONMENT,
    ]


def test_an_environment_that_the_program_does_not_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('OS_LIBVIRT__IMAGES_TYPE', 'lvm')
    path = tmp_path / 'a.conf'
    path.write_text('[libvirt]\nimages_type=raw\n')
    conf = cfg.ConfigOpts()
    conf([f'--config-file={path}'], use_env=False)
    setting = read(conf).images_type
    assert (setting.value, place(setting)) == ('raw', 'a.conf:2')


def test_a_default_of_the_program(tmp_path: pathlib.Path) -> None:
    conf = load(tmp_path, '')
    opts.register(conf)
    conf.set_default('force_raw_images', False)
    setting = read(conf).force_raw_images
    assert (setting.value, setting.is_written) == (False, False)


@pytest.mark.parametrize(
    'content, fault',
    [
        ('[DEFAULT]\nuse_cow_images = maybe\n', host_settings.Fault.INVALID),
        ('[DEFAULT]\nuse_cow_images = $no\n', host_settings.Fault.UNRESOLVED),
    ],
)
def test_faults(
    content: str, fault: host_settings.Fault, tmp_path: pathlib.Path
) -> None:
    setting = read(load(tmp_path, content)).use_cow_images
    assert (setting.value, setting.fault) == (None, fault)
    assert place(setting) == '0.conf:2'


def test_a_file_that_is_gone(tmp_path: pathlib.Path) -> None:
    conf = load(tmp_path, '[libvirt]\nimages_type = flat\n')
    (tmp_path / '0.conf').unlink()
    setting = read(conf).images_type
    assert (setting.value, setting.origin.kind) == ('flat', KINDS.UNKNOWN)
    assert setting.is_written


def test_a_reference_is_not_shown_resolved(tmp_path: pathlib.Path) -> None:
    conf = load(
        tmp_path,
        '[DEFAULT]\ntransport_url = rabbit://u:hunter2@h\n'
        'compute_driver = ${transport_url}\n',
    )
    conf.register_opt(cfg.StrOpt('transport_url', secret=True))
    setting = read(conf).compute_driver
    assert (setting.shown, setting.value) == ('${transport_url}', None)


class TestShown:
    def test_what_is_not_in_a_file_is_its_value(
        self, tmp_path: pathlib.Path
    ) -> None:
        conf = load(tmp_path, '')
        opts.register(conf)
        assert read(conf).images_type.shown == 'default'
        conf.set_override('use_cow_images', False)
        assert read(conf).use_cow_images.shown == 'False'

    def test_what_is_wrong_and_not_in_a_file_is_not(
        self, tmp_path: pathlib.Path
    ) -> None:
        conf = load(tmp_path, '[libvirt]\nimages_type = hunter2\n')
        (tmp_path / '0.conf').unlink()
        setting = read(conf).images_type
        assert (setting.shown, setting.meant) == ('(not shown)', None)

    def test_none_of_the_program(self, tmp_path: pathlib.Path) -> None:
        conf = load(tmp_path, f'[DEFAULT]\ncompute_driver={hosts.LIBVIRT}\n')
        opts.register(conf)
        conf.set_override('compute_driver', None)
        host = read(conf)
        assert (host.compute_driver.shown, host.driver) == (
            '(none)',
            drivers.Kind.NONE,
        )


class TestComputeDriver:
    """No more is kept of it than a report shows."""

    @pytest.mark.parametrize(
        ('written', 'value', 'kind', 'meant'),
        [
            ('hyperv.HyperVDriver', 'hyperv.HyperVDriver', 'removed', None),
            ('nova.virt.fake.X', 'nova.virt.fake.X', 'unloadable', None),
            ('nova.virt.zvm', 'nova.virt.zvm', 'unloadable', 'zvm.ZVMDriver'),
            ('fake.' + 60 * 'x', f'fake.{55 * "x"}...', 'independent', None),
            (
                'zvm.ZVMDriver\n  y = z',
                'zvm.ZVMDriver...',
                'unloadable',
                'zvm.ZVMDriver',
            ),
        ],
    )
    @pytest.mark.parametrize('is_reference', [True, False])
    def test_kind_and_meaning(
        self,
        written: str,
        value: str,
        kind: str,
        meant: str | None,
        is_reference: bool,
    ) -> None:
        content = hosts.nova_conf(written)
        if is_reference:
            content = hosts.nova_conf(REFERENCE) + REFERRED + written
        host = hosts.host(content).settings()
        driver = host.compute_driver
        assert host.driver.value == kind
        if is_reference:
            assert (driver.value, driver.shown) == (None, REFERENCE)
            is_loaded = kind != 'unloadable'
            assert driver.meant == (written if is_loaded else meant)
        else:
            assert (driver.value, driver.shown) == (value, value)
            assert driver.meant == meant

    @pytest.mark.parametrize(
        ('written', 'kind'),
        [
            ('hunter2', drivers.Kind.UNLOADABLE),
            ('my.hunter2 it', drivers.Kind.UNLOADABLE),
            ('my.hunter2', drivers.Kind.UNKNOWN),
            ('libvirt_.hunter2', drivers.Kind.DERIVED),
        ],
    )
    def test_a_reference_to_what_is_no_driver_of_nova_is_not_told(
        self, written: str, kind: drivers.Kind
    ) -> None:
        content = hosts.nova_conf(REFERENCE) + REFERRED + written
        host = hosts.host(content).settings()
        assert host.driver is kind
        assert 'hunter2' not in repr(host)
        assert host.compute_driver.meant is None


def test_the_last_reference_wins_over_an_equal_value(
    tmp_path: pathlib.Path,
) -> None:
    conf = load(
        tmp_path,
        '[DEFAULT]\nuse_cow_images = no\nforce_raw_images = no\n'
        'use_cow_images = $force_raw_images\n',
    )
    assert place(read(conf).use_cow_images) == '0.conf:4'
