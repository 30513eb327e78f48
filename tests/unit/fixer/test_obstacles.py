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
from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check import configuration
from nova_cow_check.fixer import obstacles
from nova_cow_check import origins
from tests.unit.fixer import fixes

CONVERTED = b'[libvirt]\nimages_type = flat\n'


def reasons(
    content: bytes,
    environment: dict[str, str] | None = None,
    is_asked: bool = False,
) -> list[str]:
    found = fixes.judged({'f': content}, environment)
    return [
        obstacles.find(finding, found.configuration, is_asked)
        for finding in found.found
    ]


def test_none() -> None:
    assert reasons(fixes.DRIVER + CONVERTED) == ['']
    assert reasons(fixes.DRIVER + CONVERTED + b'other = 1\n  2\n') == ['']


def test_an_ignored_line_is_the_operators() -> None:
    content = fixes.DRIVER + b'use-cow-images=1\n[libvirt]\nimages_type=qcow2'
    (reason,) = reasons(content)
    assert 'your choice' in reason
    assert reasons(content, is_asked=True) == ['']


@pytest.mark.parametrize('written', [b'', b'use_cow_images = False\n'])
def test_no_setting_brings_a_driver_back(written: bytes) -> None:
    content = b'[DEFAULT]\ncompute_driver = hyperv.HyperVDriver\n' + written
    assert reasons(content) == ['There is no setting that ends it.']


def test_the_environment_beats_the_files() -> None:
    environment = {'OS_LIBVIRT__IMAGES_TYPE': 'default'}
    (reason,) = reasons(fixes.DRIVER, environment)
    assert 'set by the environment variable OS_LIBVIRT__IMAGES_TYPE' in reason


def test_one_place_that_is_no_file_is_enough() -> None:
    content = fixes.DRIVER + b'use_cow_images=1\n[libvirt]\nimages_type=rbd\n'
    environment = {'OS_DEFAULT__USE_COW_IMAGES': '1'}
    (reason,) = reasons(content, environment)
    assert 'OS_DEFAULT__USE_COW_IMAGES' in reason


def test_what_is_kept_may_come_from_anywhere() -> None:
    assert reasons(fixes.DRIVER, {'OS_DEFAULT__USE_COW_IMAGES': 'no'}) == ['']


@pytest.mark.parametrize(
    'kind, words',
    [
        (origins.OriginKind.CONFIG_SOURCE, 'set by the config_source there'),
        (origins.OriginKind.OVERRIDE, '(set by the program)'),
        (origins.OriginKind.UNKNOWN, '(set, place not known)'),
    ],
)
def test_other_origins(kind: origins.OriginKind, words: str) -> None:
    found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
    (finding,) = found.found
    (change,) = finding.replacement.changes
    moved = dataclasses.replace(change, origin=origins.Origin(kind, 'there'))
    replacement = dataclasses.replace(finding.replacement, changes=(moved,))
    finding = dataclasses.replace(finding, replacement=replacement)
    reason = obstacles.find(finding, found.configuration, False)
    assert words in reason


def test_without_a_file() -> None:
    environment = {'OS_LIBVIRT__IMAGES_TYPE': 'flat'}
    host, rows = fixes.judge(configuration.Configuration((), environment))
    (finding,) = (one for row in rows for one in row.found)
    reason = obstacles.find(
        finding, configuration.Configuration((), environment), False
    )
    assert reason == 'There is no file to write to.'


@pytest.mark.parametrize(
    'value, is_left',
    [
        (b' 1', False),
        (b'\n  1', False),
        (b' ""\n  1', False),
        (b' 1\n  secret', True),
        (b'\n  1\n  secret', True),
    ],
)
def test_a_value_of_several_lines(value: bytes, is_left: bool) -> None:
    content = fixes.DRIVER + b'use_cow_images =' + value + b'\n' + CONVERTED
    for reason in reasons(content):
        assert ('The value at f:3 has more than one line' in reason) is is_left
        assert 'secret' not in reason


@pytest.mark.parametrize(
    'written, is_reference',
    [
        ('$use_cow_images', True),
        ('secret${use_cow_images}secret', True),
        ('$DEFAULT.use_cow_images', True),
        ('${default.use_cow_images}', True),
        ('$$$use_cow_images', True),
        ('$$use_cow_images', False),
        (r'\$use_cow_images', False),
        ('use_cow_images', False),
        ('$use_cow_images_too', False),
        ('$use_cow_images.too', False),
        ('$other.use_cow_images', False),
    ],
)
def test_a_reference(written: str, is_reference: bool) -> None:
    content = fixes.DRIVER + f'other = {written}\n'.encode() + CONVERTED
    (reason,) = reasons(content)
    assert ('f:3 refers to $use_cow_images' in reason) is is_reference
    assert 'secret' not in reason
    (reason,) = reasons(fixes.DRIVER + CONVERTED, {'OS_A__B': written})
    assert ('OS_A__B refers to' in reason) is is_reference


@pytest.mark.parametrize(
    'written',
    [
        b'use_cow_images = $use_cow_images\n',
        b'use_cow_images = $use_cow_images\nuse_cow_images = True\n',
    ],
)
def test_what_is_written_for_the_option_itself_is_no_reference(
    written: bytes,
) -> None:
    assert set(reasons(fixes.DRIVER + written + CONVERTED)) == {''}


def test_a_variable_of_another_program_is_no_reference() -> None:
    environment = {'PROMPT': '$use_cow_images'}
    assert reasons(fixes.DRIVER + CONVERTED, environment) == ['']


class TestAfterRemoval:
    CONTENT = fixes.DRIVER + b'use_cow_images=1\n[libvirt]\nimages_type=rbd\n'

    def reason(self, after: origins.OriginKind) -> str:
        before = fixes.judged({'f': self.CONTENT})
        (finding,) = before.found
        use_cow_images = dataclasses.replace(
            before.settings.use_cow_images,
            origin=origins.Origin(after, 'there'),
        )
        return obstacles.after_removal(
            finding,
            dataclasses.replace(
                before.settings, use_cow_images=use_cow_images
            ),
        )

    def test_it_is_set_nowhere(self) -> None:
        assert self.reason(origins.OriginKind.DEFAULT) == ''

    def test_a_source_that_the_files_beat_shows(self) -> None:
        reason = self.reason(origins.OriginKind.CONFIG_SOURCE)
        assert 'set by the config_source there' in reason

    def test_a_setting_that_was_not_removed(self) -> None:
        found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
        (finding,) = found.found
        assert obstacles.after_removal(finding, found.settings) == ''
