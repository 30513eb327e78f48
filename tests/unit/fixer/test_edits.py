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

from collections.abc import Mapping

import pytest

from nova_cow_check import findings
from nova_cow_check.fixer import edits
from nova_cow_check.fixer import lines
from tests.unit.fixer import fixes


def make(
    contents: Mapping[str, bytes], rule: str
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Make the changes of one finding; return files and explanations."""
    judged = fixes.judged(contents)
    (finding,) = (found for found in judged.found if found.rule == rule)
    documents = {path: lines.split(data) for path, data in contents.items()}
    edited = edits.make(finding, judged.configuration, documents)
    after = {
        path: lines.join(document)
        for path, document in edited.documents.items()
    }
    return after, edited.explanations


def test_what_is_kept_needs_no_edit() -> None:
    content = fixes.DRIVER + b'use_cow_images = no\n'
    (finding,) = fixes.judged({'f': content}).found
    actions = [change.action for change in finding.replacement.changes]
    assert actions == [findings.Action.SET, findings.Action.KEEP]
    assert [one.name for one in edits.of(finding)] == ['images_type']


def test_an_assignment_of_a_file_read_twice_is_edited_once() -> None:
    content = b'[libvirt]\nimages_type=rbd\n' + fixes.DRIVER
    content += b'use_cow_images=1\nuse_cow_images=1\n'
    found = fixes.read({'f': content}, order=['f', 'f'])
    _host, rows = fixes.judge(found)
    (finding,) = (one for row in rows for one in row.found)
    assert len(finding.replacement.changes) == 3
    assert [change.origin.line for change in edits.of(finding)] == [5, 6]


def test_several_removals_in_several_files() -> None:
    contents = {
        'a': b'[DEFAULT]\nuse_cow_images=1\n[libvirt]\nimages_type=lvm\n'
        b'[DEFAULT]\nuse_cow_images =\n  1\nmy_ip = 192.0.2.1\n',
        'b': b'[DEFAULT]\n# why\nuse_cow_images=0\n',
    }
    after, explanations = make(contents, 'use-cow-images-unused')
    assert after == {
        'a': b'[DEFAULT]\n[libvirt]\nimages_type=lvm\n'
        b'[DEFAULT]\nmy_ip = 192.0.2.1\n',
        'b': b'[DEFAULT]\n# why\n',
    }
    assert explanations == ()


@pytest.mark.parametrize(
    'contents, expected',
    [
        # Changed where it is: nothing to explain, unless there is a choice.
        (
            {'f': b'[libvirt]\nimages_type = default\n'},
            [],
        ),
        (
            {
                'f': b'[libvirt]\nimages_type = raw\nimages_type = default\n',
                'g': b'',
            },
            [
                '[libvirt]/images_type is set at more than one place; it is '
                'changed at f:3, which is read last and wins.'
            ],
        ),
        (
            {
                'g': b'[libvirt]\nimages_type = raw\n',
                'f': b'[libvirt]\nimages_type = default\n',
            },
            [
                '[libvirt]/images_type is set at more than one place; it is '
                'changed at f:2, which is read last and wins.'
            ],
        ),
        # Set nowhere.
        (
            {'f': fixes.DRIVER + b'[libvirt]\n#images_type=raw\n'},
            [
                '[libvirt]/images_type is set nowhere; it goes into f, right '
                'after its commented-out line there.'
            ],
        ),
        (
            {'f': fixes.DRIVER + b'[libvirt]\n'},
            [
                '[libvirt]/images_type is set nowhere; it goes into '
                '[libvirt] of f.'
            ],
        ),
        (
            {'g': b'[libvirt]\n', 'f': fixes.DRIVER + b'[libvirt]\n'},
            [
                '[libvirt]/images_type is set nowhere; it goes into f, the '
                'file read last of those that have [libvirt].'
            ],
        ),
        (
            {'f': fixes.DRIVER},
            [
                '[libvirt]/images_type is set nowhere, and no file has '
                '[libvirt]; it goes into a new section at the end of f, the '
                'file read last.'
            ],
        ),
    ],
)
def test_the_choice_is_explained(
    contents: dict[str, bytes], expected: list[str]
) -> None:
    after, explanations = make(contents, 'implicit-image-backend')
    assert list(explanations) == expected
    changed = [path for path in contents if after[path] != contents[path]]
    assert changed == ['f']


def test_an_explanation_is_safe_to_show() -> None:
    _after, explanations = make(
        {'a\x1b\nb': fixes.DRIVER}, 'implicit-image-backend'
    )
    (explanation,) = explanations
    assert 'end of a\\x1b\\nb,' in explanation


def test_the_line_of_an_explanation_is_that_of_the_file_as_it_was() -> None:
    content = (
        b'[DEFAULT]\ncompute_driver = nova.virt.libvirt.LibvirtDriver # why\n'
        b'use_cow_images = 1\nuse_cow_images = 1\n'
        b'[libvirt]\nimages_type = flat\n'
    )
    made = fixes.make({'f': content})
    assert [finding.rule for finding in made.fixed] == [
        'invalid-setting',
        'flat-disks-converted',
    ]
    assert ['f:4' in one for one in made.explanations] == [True]


def test_a_line_that_is_changed_twice_is_explained_once() -> None:
    content = b'[libvirt]\nimages_type = raw\nimages_type = Default\n'
    made = fixes.make({'f': content})
    assert [finding.rule for finding in made.fixed] == [
        'invalid-setting',
        'implicit-image-backend',
    ]
    assert ['f:3' in one for one in made.explanations] == [True]
