# SPDX-License-Identifier: Apache-2.0

"""A HostConfig is a ConfigOpts that read the same files."""

from __future__ import annotations

import pathlib
from typing import Any

from oslo_config import cfg
import pytest

from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import parsing
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


class TestEditing:
    def editing(self, *contents: str) -> host_config.Editing:
        """Return how to write images_type into files 0, 1, ..."""
        files = tuple(
            parsing.parse(str(number), hosts.lines_of(content))
            for number, content in enumerate(contents)
        )
        found = host_config.Configuration(files, {})
        return found.editing(opts.IMAGES_TYPE)

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
            ('2', 2, 2, 'images_type=', ''),
        ]
