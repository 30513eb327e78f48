# SPDX-License-Identifier: Apache-2.0

"""kolla-ansible merges what is printed, in the order that is told."""

from __future__ import annotations

import pathlib
import subprocess
from typing import NamedTuple

import pytest

from tests.tools import cases
from tests.tools import kolla

OURS = 'nova/nova-compute.conf'

#: Where else an operator can write, as it is printed.
PLACES = (
    'global.conf',
    'nova.conf',
    'nova/HOST/nova.conf',
    'nova/HOST/nova-compute.conf',
)

#: Place -> whether it is one of nova-api's, too.
API_PLACES = {
    'global.conf': True,
    'nova.conf': True,
    'nova/HOST/nova.conf': True,
    'nova/HOST/nova-compute.conf': False,
    OURS: False,
}

#: Says that the host is another one than it is.
CONTRARY = '[libvirt]\nimages_type = raw\n'


class Run(NamedTuple):
    """What was before what is printed was written, and after it."""

    deployment: kolla.Deployment
    #: Case, or rule for what is not used -> rules.
    before: dict[str, set[str]]
    #: Case, or rule for what is not used -> what is printed.
    printed: dict[str, str]


def name_of(kind: str, place: str) -> str:
    return f'{kind}-{place.replace("/", "-")}'


UNUSED_HOST = name_of('unused', OURS)


@pytest.fixture(scope='module')
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    deployment = kolla.Deployment(tmp_path_factory.mktemp('kolla'))
    add_hosts(deployment)
    deployment.deploy()
    confs = {case: deployment.conf(case) for case in cases.CASES}
    confs[cases.UNUSED_RULE] = deployment.conf(UNUSED_HOST)
    before = {host: cases.rules(conf) for host, conf in confs.items()}
    printed = {
        host: cases.printed(conf, 'kolla-ansible')
        for host, conf in confs.items()
    }
    for place in (*PLACES, OURS):
        conf = deployment.conf(name_of('unused', place))
        assert cases.value(conf, 'DEFAULT', 'use_cow_images') == 'False'
        left = {'libvirt': cases.UNUSED['libvirt']}
        host = name_of('unused', place)
        deployment.write(host, place, cases.ini(left))
    for case in cases.CASES:
        deployment.write(case, OURS, printed[case])
    for place in PLACES:
        host = name_of('beats', place)
        deployment.write(host, OURS, printed['implicit-qcow2'])
        deployment.write(host, place, CONTRARY)
    deployment.deploy()
    return Run(deployment, before, printed)


def add_hosts(deployment: kolla.Deployment) -> None:
    """Add hosts as they are before what is printed is written."""
    for case, (settings, _rule, _wanted) in cases.CASES.items():
        deployment.add(case, {'nova.conf': cases.ini(settings)})
    for place in PLACES:
        deployment.add(name_of('beats', place), {})
    for place in (*PLACES, OURS):
        unused = {place: cases.ini(cases.UNUSED)}
        deployment.add(name_of('unused', place), unused)
    for place in API_PLACES:
        host = name_of('api', place)
        deployment.add(host, {place: CONTRARY}, role='nova')


@pytest.mark.parametrize('case', cases.CASES)
def test_the_finding_is_gone(case: str, run: Run) -> None:
    _settings, rule, wanted = cases.CASES[case]
    conf = run.deployment.conf(case)
    assert run.before[case] == {rule}
    assert cases.rules(conf) == set()
    for group, values in wanted.items():
        for name, value in values.items():
            assert cases.value(conf, group, name) == value


def test_the_places_are_all_that_the_role_merges() -> None:
    template, *sources = kolla.task('nova-cell')['merge_configs']['sources']
    assert template.endswith('/nova.conf.j2')
    assert [
        source.replace('{{ node_custom_config }}/', '')
        .replace('{{ inventory_hostname }}', 'HOST')
        .replace('{{ item.key }}', 'nova-compute')
        for source in sources
    ] == [*PLACES[:2], OURS, *PLACES[2:]]


@pytest.mark.parametrize('place', PLACES)
def test_what_beats_it_is_told_and_nothing_else(place: str, run: Run) -> None:
    host = name_of('beats', place)
    text = run.printed['implicit-qcow2']
    told = cases.introduction(text).partition(' only ')[2]
    found = cases.value(run.deployment.conf(host), 'libvirt', 'images_type')
    assert found == ('raw' if f' {place} ' in f' {told} ' else 'qcow2')


@pytest.mark.parametrize('place', [*PLACES, OURS])
def test_a_setting_is_removed_from_each_place(place: str, run: Run) -> None:
    text = run.printed[cases.UNUSED_RULE]
    assert f' {place} ' in cases.introduction(text).replace(',', ' ')
    conf = run.deployment.conf(name_of('unused', place))
    assert cases.value(conf, 'DEFAULT', 'use_cow_images') is None
    assert cases.value(conf, 'libvirt', 'images_type') == 'rbd'


def test_the_finding_on_what_is_not_used_is_gone(run: Run) -> None:
    assert run.before[cases.UNUSED_RULE] == {cases.UNUSED_RULE}
    assert cases.rules(run.deployment.conf(UNUSED_HOST)) == set()


@pytest.mark.parametrize('place, reached', API_PLACES.items())
def test_which_places_are_the_apis_too(
    place: str, reached: bool, run: Run
) -> None:
    conf = run.deployment.conf(name_of('api', place))
    found = cases.value(conf, 'libvirt', 'images_type')
    assert found == ('raw' if reached else None)


def test_the_command_is_one_of_kolla_ansible(
    run: Run, tmp_path: pathlib.Path
) -> None:
    program, *words = cases.deploying(run.printed['implicit-flat'])
    done = subprocess.run(
        [str(cases.BIN / program), words[0], '--help'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('usage: kolla-ansible reconfigure ')
    assert [word for word in words if word.startswith('-')] == ['-i', '--tags']
    assert '-i INVENTORY' in done.stdout and '--tags TAGS' in done.stdout
