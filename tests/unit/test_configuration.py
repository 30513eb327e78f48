#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""A HostConfig is a ConfigOpts that read the same files."""

from __future__ import annotations

import pathlib
from typing import Any

from oslo_config import cfg
import pytest

from nova_cow_check import configuration
from nova_cow_check import origins

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


def host_config(
    environment: dict[str, str] | None = None,
) -> configuration.HostConfig:
    files = tuple(
        origins.parse(path, content.split('\n'))
        for path, content in FILES.items()
    )
    return configuration.HostConfig(
        configuration.Configuration(files, environment or {})
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
    conf = host_config()
    if is_called:
        assert conf.follow_config_sources()
    assert values(conf) == values(reference)


def test_the_environment_beats_the_files() -> None:
    conf = host_config({'OS_DEFAULT__PLAIN': 'e', 'OS_GROUP__OLD': 'e'})
    read = values(conf)
    assert (read['plain'], read['old']) == ('e', 'e')
    assert read['reference'] == 'e and e'


def test_the_environment_of_this_process_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('OS_DEFAULT__PLAIN', 'wrong')
    conf = host_config()
    assert conf.follow_config_sources()
    assert values(conf)['plain'] == 'b'


def test_the_location_is_the_file_that_sets_the_option() -> None:
    conf = host_config({'OS_DEFAULT__LIST': '3'})
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
    one = host_config({'OS_DEFAULT__PLAIN': 'one'})
    two = host_config({'OS_DEFAULT__PLAIN': 'two'})
    assert (values(one)['plain'], values(two)['plain']) == ('one', 'two')


def test_assignments_are_in_reading_order_the_winner_last() -> None:
    found = host_config().configuration.assignments('DEFAULT', 'multi')
    assert [assignment.text for assignment in found] == ['a1', 'a2', 'b1']


def configured(*contents: str) -> configuration.Configuration:
    return configuration.Configuration(
        tuple(
            origins.parse(f'{number}.conf', content.split('\n'))
            for number, content in enumerate(contents, start=1)
        ),
        {},
    )


@pytest.mark.parametrize(
    ('contents', 'place'),
    [
        ((), None),
        (('',), ('1.conf', 1, False)),
        # A header alone does not tell its line.
        (('[libvirt]\n',), ('1.conf', 1, False)),
        (('[DEFAULT]\na=1\n',), ('1.conf', 1, False)),
        (('#\n[libvirt]\n#\na=1\nb=2\n',), ('1.conf', 4, True)),
        (('[LibVirt]\na=1\n',), ('1.conf', 2, True)),
        # Where several files have the section, the one read last.
        (('[libvirt]\na=1\n', '[libvirt]\n\na=1\n'), ('2.conf', 3, True)),
        (('[libvirt]\na=1\n', '[api]\na=1\n'), ('1.conf', 2, True)),
        (('[api]\na=1\n', '[api]\na=1\n'), ('2.conf', 1, False)),
    ],
)
def test_insertion(
    contents: tuple[str, ...], place: tuple[str, int, bool] | None
) -> None:
    assert configured(*contents).insertion('libvirt') == place


def test_nothing_is_inserted_into_another_default_group() -> None:
    found = configured('[default]\na=1\n').insertion('DEFAULT')
    assert found == ('1.conf', 1, False)
