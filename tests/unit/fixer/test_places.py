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

import pytest

from nova_cow_check.fixer import lines
from nova_cow_check.fixer import places
from tests.unit.fixer import fixes

SAMPLE, SECTION, NEW = places.Kind


def find(*contents: bytes) -> places.Place | None:
    """Return the place of images_type in the files 1, 2, ..."""
    files = {str(path): data for path, data in enumerate(contents, start=1)}
    documents = {path: lines.split(data) for path, data in files.items()}
    parsed = fixes.read(files).files
    return places.find(parsed, documents, 'libvirt', 'images_type')


@pytest.mark.parametrize(
    'contents, expected',
    [
        # Its own commented-out line, in any spelling of one.
        ([b'[libvirt]\n#images_type = default\na = 1\n'], (SAMPLE, 2)),
        ([b'[libvirt]\n# images_type=x\na = 1\n'], (SAMPLE, 2)),
        ([b'[libvirt]\n;\timages_type : x\na = 1\n'], (SAMPLE, 2)),
        ([b'[LibVirt]\r#images_type=\ra = 1\r'], (SAMPLE, 2)),
        # The last one of several.
        ([b'[libvirt]\n#images_type=a\n#images_type=b\na=1\n'], (SAMPLE, 3)),
        (
            [b'[libvirt]\n#images_type=a\n[x]\n[libvirt]\n#images_type=b\n'],
            (SAMPLE, 5),
        ),
        # Comments that are no assignments of it, or of another group.
        ([b'[libvirt]\n# see images_type = x\na = 1\n'], (SECTION, 3)),
        ([b'[libvirt]\n# images_type is unset\na = 1\n'], (SECTION, 3)),
        ([b'[libvirt]\n# images_types = x\na = 1\n'], (SECTION, 3)),
        ([b'[x]\n#images_type = x\n[libvirt]\na = 1\n'], (SECTION, 4)),
        ([b'#images_type = x\n[libvirt]\na = 1\n'], (SECTION, 3)),
        # Not a comment, but the value above continued.
        ([b'[libvirt]\na = 1\n  #images_type = x\nb=1\n'], (SECTION, 4)),
        # The end of the section: its last assignment, with all its lines.
        ([b'[libvirt]\na = 1\nb = 1\n\n# c\n\n[x]\nc = 1\n'], (SECTION, 3)),
        ([b'[libvirt]\na =\n  1\n  2\n\n[x]\nc = 1\n'], (SECTION, 4)),
        ([b'[libvirt]\na = 1'], (SECTION, 2)),
        ([b'[libvirt]\n\n# c\n[x]\na = 1\n'], (SECTION, 1)),
        ([b'[libvirt]\na = 1\n[x]\n[Libvirt]\nb = 1\n'], (SECTION, 5)),
        ([b'[libvirt]\xc2\xa0\na = 1\n'], (SECTION, 2)),
        # None: the end of the file.
        ([b'[DEFAULT]\na = 1\n'], (NEW, 2)),
        ([b'[libvirt ]\na = 1\n'], (NEW, 2)),
        ([b'# c\n'], (NEW, 1)),
        ([b''], (NEW, 0)),
    ],
)
def test_place_in_a_file(
    contents: list[bytes], expected: tuple[places.Kind, int]
) -> None:
    kind, after = expected
    assert find(*contents) == places.Place(kind, '1', after)


@pytest.mark.parametrize(
    'contents, expected',
    [
        # A sample line, then a section, then the file that is read last.
        ([b'[libvirt]\n#images_type=x\n', b'[libvirt]\na=1\n'], (SAMPLE, '1')),
        ([b'[libvirt]\na=1\n', b'[x]\na=1\n'], (SECTION, '1')),
        ([b'[x]\n', b'[y]\n'], (NEW, '2')),
        # Of two that are alike, the file that is read last.
        ([b'[libvirt]\n#images_type=x\n'] * 2, (SAMPLE, '2')),
        ([b'[libvirt]\n'] * 2, (SECTION, '2')),
    ],
)
def test_file(
    contents: list[bytes], expected: tuple[places.Kind, str]
) -> None:
    place = find(*contents)
    assert place is not None
    assert (place.kind, place.path) == expected


def test_without_a_file_there_is_no_place() -> None:
    assert find() is None


def test_default_is_the_one_group_whose_case_counts() -> None:
    files = {'1': b'[DEFAULT]\n[default]\na = 1\n'}
    documents = {path: lines.split(data) for path, data in files.items()}
    place = places.find(
        fixes.read(files).files, documents, 'DEFAULT', 'use_cow_images'
    )
    assert place == places.Place(SECTION, '1', 1)
