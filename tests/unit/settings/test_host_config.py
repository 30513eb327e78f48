# SPDX-License-Identifier: Apache-2.0

"""A HostConfig is a ConfigOpts that read the same files."""

from __future__ import annotations

import pathlib
from typing import Any

from oslo_config import cfg
import pytest

from nova_cow_check import errors
from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import host
from nova_cow_check.sources import search
from tests.unit import hosts

FILES = {
    'a.conf': """
[DEFAULT]
multi = a1
multi = a2
old_name = from a
list = 1, 2
reference = $plain and ${group.old}
[old_group]
moved = a
""",
    'b.conf': """
[DEFAULT]
multi = b1
plain = b
[group]
new-name = dashed
old = b
new_name = b
""",
}

OPTIONS: list[tuple[cfg.Opt, str | None]] = [
    (cfg.MultiStrOpt('multi'), None),
    (cfg.StrOpt('plain', default='x'), None),
    (cfg.StrOpt('named', deprecated_name='old_name'), None),
    (cfg.ListOpt('list'), None),
    (cfg.StrOpt('reference'), None),
    (cfg.IntOpt('unset', default=3), None),
    (cfg.StrOpt('moved', deprecated_group='old_group'), 'group'),
    (cfg.StrOpt('new-name', deprecated_name='old'), 'group'),
    (cfg.StrOpt('old'), 'group'),
    (cfg.StrOpt('mutable', default='m', mutable=True), 'group'),
]


def values(conf: cfg.ConfigOpts) -> dict[str, Any]:
    for option, group in OPTIONS:
        conf.register_opt(option, group=group)
    return {
        option.dest: (conf[group] if group else conf)[option.dest]
        for option, group in OPTIONS
    }


def loaded(
    environment: dict[str, str] | None = None,
) -> host_config.HostConfig:
    files = tuple(
        parsing.parse(path, content.split('\n'))
        for path, content in FILES.items()
    )
    return host_config.HostConfig(
        host_config.Configuration(files, environment or {})
    )


@pytest.mark.parametrize('is_called', [False, True])
def test_values_of_other_projects_options(
    is_called: bool, tmp_path: pathlib.Path
) -> None:
    arguments = []
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
        arguments += ['--config-file', str(tmp_path / name)]
    reference = cfg.ConfigOpts()
    reference(arguments, default_config_dirs=[])
    conf = loaded()
    if is_called:
        assert conf.follow_config_sources()
    assert values(conf) == values(reference)


def test_the_environment_beats_the_files() -> None:
    conf = loaded({'OS_DEFAULT__PLAIN': 'e', 'OS_GROUP__OLD': 'e'})
    read = values(conf)
    assert (read['plain'], read['old']) == ('e', 'e')
    assert read['reference'] == 'e and e'


def test_the_environment_of_this_process_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('OS_DEFAULT__PLAIN', 'wrong')
    conf = loaded()
    assert conf.follow_config_sources()
    assert values(conf)['plain'] == 'b'


def test_the_location_is_the_file_that_sets_the_option() -> None:
    conf = loaded({'OS_DEFAULT__LIST': '3'})
    values(conf)
    # get_location of a ConfigOpts that reads itself says b.conf: it has the
    # section.
    location = conf.get_location('named')
    assert location.location is cfg.Locations.user
    assert location.detail == 'a.conf'
    location = conf.get_location('list')
    assert location.location is cfg.Locations.environment
    assert location.detail == 'OS_DEFAULT__LIST'
    assert conf.get_location('unset').location is cfg.Locations.opt_default


def test_two_hosts_share_nothing() -> None:
    one = loaded({'OS_DEFAULT__PLAIN': 'one'})
    two = loaded({'OS_DEFAULT__PLAIN': 'two'})
    assert (values(one)['plain'], values(two)['plain']) == ('one', 'two')


def test_assignments_are_in_reading_order_the_winner_last() -> None:
    found = loaded().configuration.assignments('DEFAULT', 'multi')
    assert [assignment.text for assignment in found] == ['a1', 'a2', 'b1']


#: Lines of [DEFAULT] -> whether oslo.config ends a program with them.
OWN = {
    'config_dir = $nothing': True,
    'config_file = $nothing': True,
    'config_file = ${config_dir}/$nothing.x': True,
    'config_dir = $config_file\nconfig_file = $config_dir': True,
    'config_dir = $config_dir': True,
    'config_source = $nothing': True,
    'config_dir = /etc/x': False,
    'config_file = /etc/x': False,
    'config_file = $config_dir': False,
    'config_dir = $plain': False,
    'config-dir = $nothing': False,
    'state_path = $nothing': False,
}


@pytest.mark.parametrize('lines', OWN)
def test_what_ends_a_program_is_refused_as_oslo_config_does(
    lines: str, tmp_path: pathlib.Path
) -> None:
    content = f'[DEFAULT]\n{lines}\n'
    path = tmp_path / 'nova.conf'
    path.write_text(content)
    reference = cfg.ConfigOpts()
    reference.register_opt(cfg.StrOpt('plain', default='x'))
    conf = read_from(content)
    conf.register_opt(cfg.StrOpt('plain', default='x'))
    if not OWN[lines]:
        reference(['--config-file', str(path)], default_config_dirs=[])
        host.require_own_options(conf)
        assert conf.follow_config_sources()
        return
    with pytest.raises((cfg.Error, RecursionError)):
        reference(['--config-file', str(path)], default_config_dirs=[])
    with pytest.raises(errors.ConfigurationError) as caught:
        host.require_own_options(conf)
    assert caught.value.path == 'nova.conf'
    assert caught.value.line in (2, 3)


@pytest.mark.parametrize('is_called', [False, True])
@pytest.mark.parametrize('name', ['config_file', 'config_dir'])
def test_what_was_read_is_what_oslo_config_tells_of_itself(
    name: str, is_called: bool, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'd').mkdir()
    path = tmp_path / 'nova.conf'
    path.write_text(f'[DEFAULT]\ncompute_driver = ${name}\n')
    words = ['--config-file', str(path), '--config-dir', str(tmp_path / 'd')]
    reference = cfg.ConfigOpts()
    reference.register_opt(opts.COMPUTE_DRIVER.opt)
    reference(words)
    conf = host_config.HostConfig(
        search.read(arguments.given(words), search.own_surroundings())
    )
    if is_called:
        assert conf.follow_config_sources()
    assert conf[name] == reference[name]
    assert conf.compute_driver == reference.compute_driver
    read = host_settings.read(conf, conf.configuration)
    assert read.driver is drivers.Kind.UNLOADABLE
    assert read.compute_driver.fault is not None


def read_from(content: str) -> host_config.HostConfig:
    file = parsing.parse('nova.conf', hosts.lines_of(content))
    return host_config.HostConfig(host_config.Configuration((file,), {}))


class TestEditing:
    def editing(self, *contents: str) -> host_config.Editing:
        """Return how to write images_type into files 0, 1, ..."""
        files = tuple(
            parsing.parse(str(number), hosts.lines_of(content))
            for number, content in enumerate(contents)
        )
        found = host_config.Configuration(files, {})
        written = found.assignments('libvirt', 'images_type')
        return found.editing(opts.IMAGES_TYPE, written)

    def test_without_a_file_there_is_nowhere_to_write(self) -> None:
        assert self.editing() == host_config.Editing()

    @pytest.mark.parametrize(
        ('contents', 'path', 'kind'),
        [
            (['[libvirt]\n#images_type=\n', '[libvirt]\n'], '0', 'SAMPLE'),
            (['[libvirt]\n# images_type=\n', '[libvirt]'], '0', 'MENTION'),
            (['[libvirt]\n', '[libvirt]\n', '[x]\n'], '1', 'SECTION'),
            (['[x]\n', ''], '1', 'NEW_SECTION'),
        ],
    )
    def test_the_best_place_is_that_of_the_file_read_last(
        self, contents: list[str], path: str, kind: str
    ) -> None:
        place = self.editing(*contents).place
        assert place is not None
        assert (place.path, place.kind.name) == (path, kind)

    def test_every_value_that_is_written_has_its_frame(self) -> None:
        content = '[LibVirt]\nimages_type: "raw" # why\r\n'
        written = self.editing(content, '', '[libvirt]\nimages_type=\n lvm')
        assert [
            (origin.name, origin.line, origin.lines, *frame)
            for origin, frame in written.frames
        ] == [
            ('0', 2, 1, '# why\r\nimages_type: "', '"\r\n'),
            # No line of several is known to be that option's alone.
            ('2', 2, 2, '', ''),
        ]
