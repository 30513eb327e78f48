# SPDX-License-Identifier: Apache-2.0

"""Where guests are looked for."""

from __future__ import annotations

from collections.abc import Mapping
import os
import pathlib

from oslo_config import cfg
import pytest

from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import existing
from nova_cow_check.sources import guest_places
from nova_cow_check.sources import roots
from tests.unit import hosts


def conf_of(
    content: str,
    environment: Mapping[str, str] | None = None,
    gap: str = '',
) -> host_config.HostConfig:
    file = parsing.parse('nova.conf', hosts.lines_of(content))
    found = host_config.Configuration((file,), environment or {})
    return host_config.HostConfig(found, host_config.Followed((), gap))


#: nova.conf -> the path.
PATHS = {
    'instances_path = /srv/instances': '/srv/instances',
    'state_path = /srv/nova': '/srv/nova/instances',
    'state_path = /a\ninstances_path = $state_path/b': '/a/b',
    'pybasedir = /a': '/a/instances',
    'pybasedir = /a\nstate_path = ${pybasedir}/b': '/a/b/instances',
    'instances_path = /srv/$my_ip\nmy_ip = 192.0.2.1': '/srv/192.0.2.1',
    'instances_path = /srv/$host\nhost = compute1': '/srv/compute1',
    'instances_path = /a\ninstances_path = /b': '/b',
    'instances_path = /a$$b': '/a$b',
    # As Nova has it.
    'state_path =': '/instances',
    'instances_path = /a\n[libvirt]\ninstances_path = /b': '/a',
}


@pytest.mark.parametrize('content', PATHS)
def test_instances_path(content: str) -> None:
    conf = conf_of(f'[DEFAULT]\n{content}\n')
    assert guest_places.instances_path(conf) == PATHS[content]


def test_the_environment_beats_the_files() -> None:
    conf = conf_of(
        '[DEFAULT]\ninstances_path = /a\n',
        {'OS_DEFAULT__INSTANCES_PATH': '/b'},
    )
    assert guest_places.instances_path(conf) == '/b'


#: nova.conf -> what is said.
UNKNOWN = {
    '': 'Give --instances-path',
    'state_path = $pybasedir': 'Give --instances-path',
    'instances_path = $my_ip': 'Give --instances-path',
    'instances_path = $transport_url': 'Give --instances-path',
    'instances_path = ${database.connection}': 'Give --instances-path',
    # oslo.config knows no group of that name.
    'state_path = /a\ninstances_path = ${DEFAULT.state_path}/b': (
        'Give --instances-path'
    ),
    'instances_path = $instances_path': 'Give --instances-path',
    'instances_path = instances': 'not an absolute path',
    'instances_path =': 'not an absolute path',
    'instances_path = ~/instances': 'not an absolute path',
    'instances_path = /a\n  s3cret': 'cannot be used',
    'instances_path = /a\0b': 'cannot be used',
    f'instances_path = /{"a" * 5000}': 'cannot be used',
}


@pytest.mark.parametrize('content', UNKNOWN)
def test_what_is_not_known_is_said(content: str) -> None:
    content += '\ntransport_url = s3cret\n[database]\nconnection = s3cret\n'
    with pytest.raises(errors.ConfigurationError) as caught:
        guest_places.instances_path(conf_of(f'[DEFAULT]\n{content}'))
    assert UNKNOWN[content.partition('\ntransport')[0]] in str(caught.value)
    assert 's3cret' not in str(caught.value)


def test_a_source_that_was_not_read_could_set_it() -> None:
    conf = conf_of('[DEFAULT]\nstate_path = /a\n', gap='why')
    with pytest.raises(errors.ConfigurationError, match='is not known'):
        guest_places.instances_path(conf)
    conf = conf_of('[DEFAULT]\ninstances_path = /a\n', gap='why')
    assert guest_places.instances_path(conf) == '/a'


#: nova.conf -> the name, None for an error.
CACHES = {
    '': '_base',
    '[image_cache]\nsubdirectory_name = cache': 'cache',
    '[DEFAULT]\nimage_cache_subdirectory_name = old': 'old',
    '[DEFAULT]\nmy_ip = 192.0.2.1\n[image_cache]\n'
    'subdirectory_name = _base_$my_ip': '_base_192.0.2.1',
    '[image_cache]\nsubdirectory_name = _base_$my_ip': None,
    '[image_cache]\nsubdirectory_name = ../outside': None,
    '[image_cache]\nsubdirectory_name = ..': None,
    '[image_cache]\nsubdirectory_name = .': None,
    '[image_cache]\nsubdirectory_name =': None,
}


@pytest.mark.parametrize('content', CACHES)
def test_image_cache(content: str) -> None:
    conf, expected = conf_of(content), CACHES[content]
    if expected is not None:
        assert guest_places.image_cache(conf) == expected
        return
    with pytest.raises(errors.ConfigurationError, match='image_cache'):
        guest_places.image_cache(conf)


def test_the_verdict_does_not_know_these_options() -> None:
    """A reference to one of them is one that we cannot follow."""
    conf = conf_of(
        '[DEFAULT]\nstate_path = /a\n[libvirt]\nimages_type = $state_path\n'
    )
    assert guest_places.instances_path(conf) == '/a/instances'
    known = host_settings.read(conf, conf.configuration)
    assert known.images_type.fault is host_settings.Fault.UNRESOLVED
    with pytest.raises(cfg.NoSuchOptError):
        conf.instances_path


def test_the_configuration_of_nova_itself_knows_them(
    tmp_path: pathlib.Path,
) -> None:
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    with pytest.raises(errors.ConfigurationError):
        guest_places.instances_path(conf)
    for option in opts.GUEST_OPTIONS:
        conf.register_opt(option.opt, group=option.opt_group)
    conf.set_override('state_path', '/a')
    assert guest_places.instances_path(conf) == '/a/instances'
    assert guest_places.image_cache(conf) == '_base'


def test_domains_are_those_of_this_host_but_for_a_process() -> None:
    place = guest_places.domains(None, is_running=False)
    assert (place.path, place.root.is_own) == (existing.DOMAINS, True)
    place = guest_places.domains('/srv/domains', is_running=True)
    assert (place.path, place.root.is_own) == ('/srv/domains', True)


def test_libvirt_is_looked_for_among_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    own, inside = os.stat('/'), tmp_path.stat()
    container = roots.Root('/proc/7/root')

    def running(
        *found: tuple[os.stat_result, roots.Root],
    ) -> roots.Root:
        monkeypatch.setattr(guest_places, '_running', lambda: iter(found))
        return guest_places.domains(None, is_running=True).root

    assert running().is_own
    assert running((own, roots.Root('/proc/5/root'))).is_own
    assert running((inside, container)) is container
    again = roots.Root('/proc/8/root')
    assert running((inside, container), (inside, again)) is again
    with pytest.raises(errors.ConfigurationError, match='give --domains'):
        running((own, roots.Root('/proc/5/root')), (inside, container))
