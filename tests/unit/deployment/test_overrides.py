# SPDX-License-Identifier: Apache-2.0

"""Overrides: golden files, and what the tools make of them.

A shell runs the script for the charm; a stand-in answers for Juju.

After a change that is meant, write the files anew with
``UPDATE_GOLDEN=1 pytest tests/unit/deployment/test_overrides.py`` and read the
diff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import os
import pathlib
import subprocess
from typing import Any

import pytest
import yaml

from nova_cow_check.deployment import instructions
from nova_cow_check.deployment import overrides
from nova_cow_check.deployment import tools
from nova_cow_check.nova import opts
from nova_cow_check.rules import findings
from nova_cow_check.settings import parsing
from tests.unit import hosts

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden' / 'overrides'

EXTENSIONS = {
    'kolla-ansible': 'conf',
    'openstack-ansible': 'yaml',
    'puppet-nova': 'yaml',
    'openstack-helm': 'yaml',
    'charm-nova-compute': 'sh',
    'sunbeam': 'conf',
    'rhoso': 'yaml',
}

#: What a host has in nova.conf: images_type, use_cow_images and
#: force_raw_images -> what it is to have.
CASES: Mapping[str, tuple[tuple[str | None, ...], dict[str, dict[str, str]]]]
CASES = {
    'implicit-qcow2': (
        (None, None, None),
        {'libvirt': {'images_type': 'qcow2'}},
    ),
    'implicit-flat': (
        (None, 'False', None),
        {
            'DEFAULT': {'use_cow_images': 'False'},
            'libvirt': {'images_type': 'flat'},
        },
    ),
    'flat-disks-converted': (
        ('flat', None, None),
        {'DEFAULT': {'use_cow_images': 'False'}},
    ),
    'raw-disks-opened-as-qcow2': (
        ('qcow2', 'False', None),
        {'DEFAULT': {'use_cow_images': 'True'}},
    ),
    'rbd-without-raw-images': (
        ('rbd', None, 'False'),
        {'DEFAULT': {'force_raw_images': 'True'}},
    ),
    'use-cow-images-unused': (('rbd', 'False', None), {}),
}
SETTING = [name for name, (_options, settings) in CASES.items() if settings]

NOT_SET = parsing.Origin(parsing.OriginKind.DEFAULT)

FLAT = hosts.set_to(opts.IMAGES_TYPE, 'flat', NOT_SET)
KEEP_FALSE = hosts.set_to(opts.USE_COW_IMAGES, False, NOT_SET)._replace(
    action=findings.Action.KEEP
)
SET_TRUE = hosts.set_to(opts.USE_COW_IMAGES, True, NOT_SET)
REMOVE = findings.remove('DEFAULT', 'use_cow_images', NOT_SET)
MISPLACED = findings.remove('libvirt', 'use_cow_images', NOT_SET)
SET_FALSE = hosts.set_to(opts.USE_COW_IMAGES, False, NOT_SET)
SET_RAW = hosts.set_to(opts.FORCE_RAW_IMAGES, True, NOT_SET)


def host(case: str) -> hosts.Host:
    options, _settings = CASES[case]
    return hosts.host(hosts.nova_conf(hosts.LIBVIRT, *options))


def override(tool: str, case: str) -> str:
    changes = hosts.changes(*host(case).findings())
    return overrides.override(tools.TOOLS[tool], changes)


def golden(tool: str, case: str) -> pathlib.Path:
    return GOLDEN / tool / f'{case}.{EXTENSIONS[tool]}'


def code(text: str) -> list[str]:
    """Return the lines that are no comments."""
    lines = text.splitlines()
    return [line for line in lines if line and not line.startswith('#')]


@pytest.mark.parametrize('case', CASES)
@pytest.mark.parametrize('tool', tools.TOOLS)
def test_golden(tool: str, case: str) -> None:
    path = golden(tool, case)
    found = override(tool, case)
    if os.environ.get('UPDATE_GOLDEN'):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding='ascii')
    assert found == path.read_text(encoding='ascii')


def test_no_golden_file_is_left_over() -> None:
    expected = {golden(tool, case) for tool in tools.TOOLS for case in CASES}
    assert set(GOLDEN.rglob('*.*')) == expected


@pytest.mark.parametrize('case', SETTING)
@pytest.mark.parametrize('tool', ['kolla-ansible', 'sunbeam'])
def test_sections_cure_the_host_that_reads_them_last(
    tool: str, case: str
) -> None:
    assert cured(case, override(tool, case))


class TestYaml:
    @pytest.mark.parametrize('case', SETTING)
    def test_openstack_ansible(self, case: str) -> None:
        content = yaml.safe_load(override('openstack-ansible', case))
        _options, settings = CASES[case]
        # Text: its plugin writes what Python's str() makes of a value.
        assert content == {'nova_nova_conf_overrides': settings}
        assert cured(case, as_ini(settings, str))

    @pytest.mark.parametrize('case', SETTING)
    def test_openstack_helm(self, case: str) -> None:
        content = yaml.safe_load(override('openstack-helm', case))
        _options, settings = CASES[case]
        assert content == {
            'conf': {
                'nova': {
                    group: {name: native(v) for name, v in values.items()}
                    for group, values in settings.items()
                }
            }
        }
        # Go's templates write booleans in small letters.
        written = as_ini(content['conf']['nova'], lambda v: str(v).lower())
        assert cured(case, written)

    @pytest.mark.parametrize('case', SETTING)
    def test_puppet_nova(self, case: str) -> None:
        content = yaml.safe_load(override('puppet-nova', case))
        _options, settings = CASES[case]
        classes = {'DEFAULT': 'compute', 'libvirt': 'compute::libvirt'}
        assert content == {
            f'nova::{classes[group]}::{name}': native(value)
            for group, values in settings.items()
            for name, value in values.items()
        }

    @pytest.mark.parametrize('case', SETTING)
    def test_rhoso(self, case: str) -> None:
        text = override('rhoso', case)
        config_map, deployment = yaml.safe_load_all(text)
        assert config_map['metadata']['name'] == 'nova-extra-config'
        ((name, content),) = config_map['data'].items()
        # The role edpm_nova takes *nova*.conf; 01 and 02 are its own.
        assert pathlib.PurePath(name).match('*nova*.conf') and name > '02'
        assert cured(case, content)
        assert deployment['spec']['servicesOverride'] == ['nova']


@pytest.mark.parametrize('tool', tools.TOOLS)
class TestRemoval:
    CASE = 'use-cow-images-unused'

    def test_it_is_told_where_and_nothing_is_set(self, tool: str) -> None:
        text = override(tool, self.CASE)
        assert '[DEFAULT]/use_cow_images' in text
        assert 'use_cow_images = ' not in text
        if tool not in ('charm-nova-compute', 'rhoso'):
            assert code(text) == []

    def test_no_file_is_named_that_nothing_is_written_to(
        self, tool: str
    ) -> None:
        text = override(tool, self.CASE)
        # RHOSO's has the deployment that is written in any case.
        if tool != 'rhoso':
            assert 'image-settings' not in text

    def test_beside_what_is_set(self, tool: str) -> None:
        text = overrides.override(tools.TOOLS[tool], [FLAT, REMOVE])
        assert '[DEFAULT]/use_cow_images' in text
        assert 'flat' in ''.join(code(text))


@pytest.mark.parametrize('tool', tools.TOOLS)
class TestEdges:
    def test_nothing_to_do(self, tool: str) -> None:
        assert overrides.override(tools.TOOLS[tool], []) == ''

    def test_a_setting_that_some_tools_cannot_take(self, tool: str) -> None:
        change = hosts.set_to(opts.COMPUTE_DRIVER, hosts.LIBVIRT, NOT_SET)
        text = overrides.override(tools.TOOLS[tool], [change])
        if tool == 'charm-nova-compute':
            assert code(text) == []
        else:
            assert 'compute_driver' in ''.join(code(text))
        assert hosts.LIBVIRT in text

    def test_a_value_stays_as_it_is_on_one_line(self, tool: str) -> None:
        value = 'é ' * 50 + 'é'
        change = hosts.set_to(opts.COMPUTE_DRIVER, value, NOT_SET)
        lines = code(overrides.override(tools.TOOLS[tool], [change]))
        if tool not in ('charm-nova-compute', 'puppet-nova'):
            assert any(value in line for line in lines)

    def test_no_value_breaks_out(self, tool: str) -> None:
        value = '\n"#\': $(false)'
        change = hosts.set_to(opts.COMPUTE_DRIVER, value, NOT_SET)
        text = overrides.override(tools.TOOLS[tool], [change])
        if EXTENSIONS[tool] == 'yaml':
            list(yaml.safe_load_all(text))
        lines = [line for line in code(text) if '$(false)' in line]
        assert len(lines) == (
            tool not in ('charm-nova-compute', 'puppet-nova')
        )


def cured(case: str, written: str) -> bool:
    """Return whether a host that reads sections last has no finding."""
    before = host(case)
    after = hosts.Host({**before.files, 'override.conf': written})
    return before.rules() != [] and after.rules() == []


def as_ini(
    settings: Mapping[str, Mapping[str, Any]], spell: Callable[[Any], str]
) -> str:
    return ''.join(
        f'[{group}]\n{name} = {spell(value)}\n'
        for group, values in settings.items()
        for name, value in values.items()
    )


def native(value: str) -> str | bool:
    """Return a value with YAML's type for it."""
    return {'True': True, 'False': False}.get(value, value)


#: Changes -> settings as a nova.conf, and what is removed.
TABLE = [
    ([], '', ()),
    ([FLAT], '[libvirt]\nimages_type = flat\n', ()),
    (
        [FLAT, KEEP_FALSE],
        '[DEFAULT]\nuse_cow_images = False\n\n[libvirt]\nimages_type = flat\n',
        (),
    ),
    ([KEEP_FALSE, SET_TRUE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([SET_TRUE, KEEP_FALSE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([REMOVE, REMOVE], '', (('DEFAULT', 'use_cow_images'),)),
    ([REMOVE, SET_TRUE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([MISPLACED], '', (('libvirt', 'use_cow_images'),)),
]


@pytest.mark.parametrize('changes, ini, removed', TABLE)
def test_changes_lead_to_settings(
    changes: Sequence[findings.Change],
    ini: str,
    removed: tuple[tuple[str, str], ...],
) -> None:
    wanted = instructions.wanted_of(changes)
    assert (wanted.ini, wanted.removed) == (ini, removed)


def test_nothing_in_it_ends_a_line() -> None:
    driver = hosts.set_to(opts.COMPUTE_DRIVER, 'a\n[x]\ny = z', NOT_SET)
    odd = findings.remove('a\r', 'b\x1b[2J', NOT_SET)
    wanted = instructions.wanted_of([driver, odd])
    assert wanted.ini == '[DEFAULT]\ncompute_driver = a\\n[x]\\ny = z\n'
    assert wanted.removed == (('a\\r', 'b\\x1b[2J'),)


def hiera(*changes: findings.Change) -> tuple[Any, Any]:
    """Return the parameters, and what older modules take instead."""
    text = overrides.override(tools.TOOLS['puppet-nova'], changes)
    lines = text.splitlines()
    block = [line[4:] for line in lines if line.startswith('#   ')]
    # The last one is the command.
    old = yaml.safe_load('\n'.join(block[:-1])) or {}
    return yaml.safe_load(text), old.get('nova::config::nova_config')


class TestParametersOfPuppet:
    @pytest.mark.parametrize(
        'value, manifest',
        [
            ('libvirt.LibvirtDriver', 'libvirt'),
            ('ironic.IronicDriver', 'ironic'),
            ('vmwareapi.VMwareVCDriver', 'vmware'),
        ],
    )
    def test_a_driver_is_one_of_its_class(
        self, value: str, manifest: str
    ) -> None:
        driver = hosts.set_to(opts.COMPUTE_DRIVER, value, NOT_SET)
        key = f'nova::compute::{manifest}::compute_driver'
        assert hiera(driver) == ({key: value}, None)

    def test_another_driver_has_none(self) -> None:
        driver = hosts.set_to(opts.COMPUTE_DRIVER, 'a.B', NOT_SET)
        assert hiera(driver) == (None, None)

    @pytest.mark.parametrize(
        'changes, old',
        [
            ([FLAT], {'libvirt/images_type': {'value': 'flat'}}),
            (
                [FLAT, SET_FALSE],
                {
                    'DEFAULT/use_cow_images': {'value': 'False'},
                    'libvirt/images_type': {'value': 'flat'},
                },
            ),
            # Every module has its parameter, and ends if both are there.
            ([SET_RAW], None),
            ([SET_RAW, FLAT], {'libvirt/images_type': {'value': 'flat'}}),
            ([REMOVE], None),
        ],
    )
    def test_what_is_younger_than_the_module_is_told_twice(
        self, changes: Sequence[findings.Change], old: object
    ) -> None:
        assert hiera(*changes)[1] == old


#: Answers to "config APPLICATION KEY", writes down everything else.
STAND_IN = """\
#!/bin/sh
case "$3" in
config-flags) cat list; exit "$(cat status)" ;;
*) shift 2; printf '%s\\n' "$@" >> options ;;
esac
"""

Run = Callable[..., list[str]]


def script(*changes: findings.Change) -> str:
    return overrides.override(tools.TOOLS['charm-nova-compute'], changes)


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Run:
    """Run the script for changes, return the options that it sets."""
    program = tmp_path / 'juju'
    program.write_text(STAND_IN)
    program.chmod(0o755)

    def run(
        *changes: findings.Change, flags: str = '', status: int = 0
    ) -> list[str]:
        (tmp_path / 'list').write_text(f'{flags}\n')
        (tmp_path / 'status').write_text(str(status))
        options = tmp_path / 'options'
        options.write_text('')
        subprocess.run(
            ['sh', '-u'],
            input=script(*changes),
            cwd=tmp_path,
            env={**os.environ, 'PATH': f'{tmp_path}:{os.environ["PATH"]}'},
            encoding='ascii',
            stderr=subprocess.PIPE,
        )
        return options.read_text().splitlines()

    return run


class TestOptionsOfTheCharm:
    def test_the_charms_own(self, run: Run) -> None:
        assert run(FLAT) == ['libvirt-image-backend=flat']
        assert run(SET_RAW) == ['force-raw-images=True']

    def test_all_are_set_at_once(self) -> None:
        lines = script(FLAT, SET_FALSE).splitlines()
        (line,) = [one for one in lines if '=flat' in one]
        assert 'config-flags=' in line

    @pytest.mark.parametrize('value', ['lvm', 'ploop', 'default'])
    def test_a_backend_that_the_charm_does_not_take(
        self, value: str, run: Run
    ) -> None:
        change = hosts.set_to(opts.IMAGES_TYPE, value, NOT_SET)
        assert run(change) == []
        told = f'no option for [libvirt]/images_type = {value}'
        assert told in script(change)

    def test_a_removal_that_the_charm_does_not_know(self, run: Run) -> None:
        odd = findings.remove('DEFAULT', 'use-cow$(x)', NOT_SET)
        assert run(odd) == []
        assert 'no option' in script(odd)


class TestTheListOfTheCharm:
    @pytest.mark.parametrize(
        'before, after',
        [
            ('', 'use_cow_images=False'),
            ('a=1', 'a=1,use_cow_images=False'),
            ('a=1,2,b=x:y', 'a=1,2,b=x:y,use_cow_images=False'),
            ('use_cow_images=True', 'use_cow_images=False'),
            ('a=1, use_cow_images = 1,b=2', 'a=1,b=2,use_cow_images=False'),
            ('x_use_cow_images=1', 'x_use_cow_images=1,use_cow_images=False'),
        ],
    )
    def test_what_else_is_in_it_stays(
        self, before: str, after: str, run: Run
    ) -> None:
        assert run(SET_FALSE, flags=before) == [f'config-flags={after}']

    @pytest.mark.parametrize(
        'before, after',
        [
            ('use_cow_images=False', ''),
            ('a=1,use_cow_images=False,b=2', 'a=1,b=2'),
            ('a=1', 'a=1'),
        ],
    )
    def test_removal(self, before: str, after: str, run: Run) -> None:
        assert run(REMOVE, flags=before) == [f'config-flags={after}']

    def test_nothing_is_set_if_it_is_yaml(self, run: Run) -> None:
        assert run(FLAT, SET_FALSE, flags='{a: 1, b: x=y}') == []

    def test_nothing_is_set_if_juju_cannot_tell_it(self, run: Run) -> None:
        assert run(FLAT, SET_FALSE, status=1) == []
