# SPDX-License-Identifier: Apache-2.0

"""puppet-nova takes what is printed, and does what is told of it."""

from __future__ import annotations

import pathlib

import pytest
import yaml

from tests.tools import cases
from tests.tools import puppet

PARAMETERS = {
    'use_cow_images': 'nova::compute::use_cow_images',
    'force_raw_images': 'nova::compute::force_raw_images',
    'images_type': 'nova::compute::libvirt::images_type',
}
TWICE = '[DEFAULT]\nuse_cow_images = True\nuse_cow_images = False\n'

#: What modules without the parameters have.
OLD = ('nova::config',)


def hiera(settings: cases.Settings) -> str:
    return yaml.safe_dump(
        {
            PARAMETERS[name]: value
            for values in settings.values()
            for name, value in values.items()
        }
    )


def printed(host: puppet.Host) -> str:
    return cases.printed(host.conf, 'puppet-nova')


@pytest.fixture(scope='session')
def facts(tmp_path_factory: pytest.TempPathFactory) -> str:
    puppet.require()
    return puppet.find_facts(tmp_path_factory.mktemp('facts'))


@pytest.fixture
def host(facts: str, tmp_path: pathlib.Path) -> puppet.Host:
    return puppet.Host(tmp_path, facts)


class TestParameters:
    @pytest.mark.parametrize('case', cases.CASES)
    def test_the_finding_is_gone(self, case: str, host: puppet.Host) -> None:
        settings, rule, wanted = cases.CASES[case]
        host.apply(hiera(settings))
        assert cases.rules(host.conf) == {rule}
        host.apply(cases.merged(hiera(settings), printed(host)))
        assert cases.rules(host.conf) == set()
        for group, values in wanted.items():
            for name, value in values.items():
                assert cases.value(host.conf, group, name) == value


class TestLines:
    def test_a_line_that_somebody_wrote_is_kept_by_its_key_alone(
        self, host: puppet.Host
    ) -> None:
        flat = cases.ini(cases.FLAT)
        host.conf.write_text(flat)
        host.apply('{}')
        assert cases.value(host.conf, 'DEFAULT', 'use_cow_images') is None
        # The host has another backend now. What was printed before
        # keeps it.
        driver = 'compute_driver = libvirt.LibvirtDriver\n'
        host.conf.write_text(flat + driver)
        keys = printed(host)
        assert 'if its parameter has no value' in cases.introduction(keys)
        host.apply(keys)
        assert cases.value(host.conf, 'DEFAULT', 'use_cow_images') == 'False'
        assert cases.rules(host.conf) == set()

    def test_of_what_somebody_wrote_one_line_goes_at_a_run(
        self, host: puppet.Host
    ) -> None:
        unused = cases.UNUSED['libvirt']
        other = '[workarounds]\nuse_cow_images = False\n'
        host.conf.write_text(TWICE + other)
        host.apply(hiera({'libvirt': unused}))
        assert cases.rules(host.conf) >= {cases.UNUSED_RULE}
        told = cases.introduction(printed(host))
        assert 'one at a run if there are several' in told
        host.apply(hiera({'libvirt': unused}))
        assert cases.value(host.conf, 'DEFAULT', 'use_cow_images') is None
        # No parameter is for this one.
        assert (
            cases.value(host.conf, 'workarounds', 'use_cow_images') == 'False'
        )

    def test_a_module_without_the_parameters_says_nothing_and_takes_lines(
        self, host: puppet.Host
    ) -> None:
        driver = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
        host.conf.write_text(driver + 'use_cow_images = False\n')
        text = printed(host)
        said = host.apply(text, OLD, codes=(0,))
        assert 'Warning' not in said and 'images' not in said
        assert cases.rules(host.conf) == {'implicit-image-backend'}
        host.conf.write_text(driver)
        host.apply(for_old_modules(text), OLD)
        assert cases.rules(host.conf) == set()
        assert cases.value(host.conf, 'libvirt', 'images_type') == 'flat'

    def test_a_module_with_the_parameters_does_not_take_both(
        self, host: puppet.Host
    ) -> None:
        flat = {'DEFAULT': {'compute_driver': 'libvirt.LibvirtDriver'}}
        host.conf.write_text(cases.ini(flat))
        text = printed(host)
        classes = (*puppet.COMPUTE, *OLD)
        said = host.apply(for_old_modules(text), classes, codes=(1,))
        assert 'Duplicate declaration' in said
        assert 'ends Puppet with "Duplicate declaration"' in one_line(text)


def for_old_modules(text: str) -> str:
    """Return the parameters that are printed as comments."""
    lines = [line[4:] for line in text.splitlines() if line[:4] == '#   ']
    return '\n'.join(lines[:-1])


def one_line(text: str) -> str:
    return ' '.join(line[2:] for line in text.splitlines())
