# SPDX-License-Identifier: Apache-2.0

"""Changes of settings as edits of files: where, with which bytes, and why."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nova_cow_check.fixer import edits
from nova_cow_check.fixer import lines
from nova_cow_check.nova import opts
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from tests.unit.fixer import fixes
from tests.unit import hosts

KINDS = parsing.OriginKind

NOWHERE = parsing.Origin(KINDS.DEFAULT)


def at(line: int, count: int = 1, path: str = 'f') -> parsing.Origin:
    return parsing.Origin(KINDS.FILE, path, line, count)


def set_to(
    option: opts.Option, origin: parsing.Origin = NOWHERE, value: str = 'new'
) -> findings.Change:
    return hosts.set_to(option, value, origin)


def removed(line: int, count: int = 1, path: str = 'f') -> findings.Change:
    return findings.remove('any', 'name', at(line, count, path))


IMAGES_TYPE = set_to(opts.IMAGES_TYPE)
USE_COW_IMAGES = set_to(opts.USE_COW_IMAGES)
FORCE_RAW_IMAGES = set_to(opts.FORCE_RAW_IMAGES)


def settings_of(contents: Mapping[str, bytes]) -> host_settings.ImageSettings:
    host, _rows = fixes.judge(fixes.read(contents))
    return host


def made(
    contents: Mapping[str, bytes] | bytes, *changes: findings.Change
) -> tuple[edits.Edit, ...] | None:
    """Return the edits that make changes of files, or of one called f."""
    files = {'f': contents} if isinstance(contents, bytes) else contents
    return edits.of(changes, settings_of(files))


def after(
    contents: Mapping[str, bytes], *changes: findings.Change
) -> dict[str, bytes]:
    """Return files with changes made, from the bottom up."""
    documents = {path: lines.split(data) for path, data in contents.items()}
    found = made(contents, *changes)
    assert found is not None
    for edit in reversed(found):
        documents[edit.path] = lines.apply(documents[edit.path], edit)
    return {path: lines.join(one) for path, one in documents.items()}


def edited(content: bytes, *changes: findings.Change) -> bytes:
    return after({'f': content}, *changes)['f']


#: Lines of an assignment, and what they are with the value "new". "@" is an
#: option.
ASSIGN = [
    # Separators and spacing.
    (b'@ = old\n', b'@ = new\n'),
    (b'@=old\n', b'@=new\n'),
    (b'@: old\n', b'@: new\n'),
    (b'@\t:\told\t \n', b'@\t:\tnew\t \n'),
    (b'@   =old\n', b'@   =new\n'),
    (b'\xc2\xa0@ = old\n', b'\xc2\xa0@ = new\n'),
    (b'@ = o=l:d\n', b'@ = new\n'),
    (b'@: o=ld\n', b'@: new\n'),
    # Line ends.
    (b'@ = old\r\n', b'@ = new\r\n'),
    (b'@ = old\r', b'@ = new\r'),
    (b'@ = old', b'@ = new'),
    (b'@ = old \x0c', b'@ = new \x0c'),
    # No value yet.
    (b'@ = \n', b'@ = new\n'),
    (b'@ =\n', b'@ = new\n'),
    (b'@=\n', b'@=new\n'),
    (b'@:', b'@:new'),
    # Quotes.
    (b'@ = "old"\n', b'@ = "new"\n'),
    (b"@='old' \n", b"@='new' \n"),
    (b'@ = ""\n', b'@ = "new"\n'),
    (b'@ = " old "\n', b'@ = "new"\n'),
    (b'@ = "old\'\n', b'@ = new\n'),
    (b'@ = "old\n', b'@ = new\n'),
    (b'@ = "\n', b'@ = new\n'),
    # Not ASCII.
    (b'@ = \xc3\xa9\n', b'@ = new\n'),
    # Comments, which are a part of the value.
    (b'@ = old # why\n', b'# why\n@ = new\n'),
    (b'@ = old#why\r\n', b'#why\r\n@ = new\r\n'),
    (b'@=old  ; why \n', b'; why\n@=new \n'),
    (b'@ = old ; a # b\n', b'; a # b\n@ = new\n'),
    (b'@ = # why\n', b'# why\n@ = new\n'),
    (b'@ = old # caf\xc3\xa9\n', b'# caf\xc3\xa9\n@ = new\n'),
    (b'@ = old # why', b'# why\n@ = new'),
    (b'@ = "old" # why\n', b'# why\n@ = "new"\n'),
    (b'@ = "old # why"\n', b'# why\n@ = "new"\n'),
    (b'@ = "old # why\n', b'# why\n@ = new\n'),
]


@pytest.mark.parametrize('old, new', ASSIGN)
@pytest.mark.parametrize('header', [b'[DEFAULT]\n', b'[DEFAULT]\r\n'])
def test_a_line_keeps_its_way_of_writing(
    old: bytes, new: bytes, header: bytes
) -> None:
    old, new = (
        header + line.replace(b'@', b'use_cow_images') for line in (old, new)
    )
    count = len(lines.split(old)) - 1
    change = set_to(opts.USE_COW_IMAGES, at(2, count))
    if not old.endswith((b'\n', b'\r')):
        # A comment that was behind the last line ends as the line above.
        new = new.replace(b'why\n', b'why' + header[9:])
    assert edited(old, change) == new


def test_no_neighbour_is_touched() -> None:
    content = (
        b'[DEFAULT]\nx = 1\n  2\r\nuse_cow_images = old # why\n  \n'
        b'y = \xc3\xa9\r#'
    )
    assert edited(content, set_to(opts.USE_COW_IMAGES, at(4))) == (
        content.replace(b'use_cow', b'# why\nuse_cow').replace(
            b'old # why', b'new'
        )
    )


@pytest.mark.parametrize(
    'written',
    [b'= 1\n  2\n', b'=\n  1\n', b'= ""\n\t1\n', b'=\n  password = secret\n'],
)
def test_several_lines_are_nothing_for_an_edit(written: bytes) -> None:
    content = b'[DEFAULT]\nuse_cow_images ' + written + b'x = 1\n'
    place = at(2, 2)
    assert made(content, set_to(opts.USE_COW_IMAGES, place)) is None
    gone = findings.remove('DEFAULT', 'use_cow_images', place)
    assert made(content, gone) is None


#: A file, the lines to remove, the file after that.
REMOVED = [
    (b'[api]\na = 1\nimages_type = a\nx=1\n', 3, 1, b'[api]\na = 1\nx=1\n'),
    (b'[api]\r\nimages_type=a\rx=1\n', 2, 1, b'[api]\r\nx=1\n'),
    # The end of the line above is not a part of the line.
    (b'[api]\nimages_type=a', 2, 1, b'[api]\n'),
]  # fmt: skip


@pytest.mark.parametrize('content, line, count, expected', REMOVED)
def test_a_removed_line_goes_with_its_end(
    content: bytes, line: int, count: int, expected: bytes
) -> None:
    assert edited(content, removed(line, count)) == expected


#: A file, and what it is with images_type in it.
ADDED = [
    # Below its own commented-out line, in any spelling of one.
    (b'[libvirt]\n#images_type = default\na = 1\n',
     b'[libvirt]\n#images_type = default\n+\na = 1\n'),
    (b'[libvirt]\n# images_type=x\na = 1\n',
     b'[libvirt]\n# images_type=x\n+\na = 1\n'),
    (b'[libvirt]\n;\timages_type : x\na = 1\n',
     b'[libvirt]\n;\timages_type : x\n+\na = 1\n'),
    (b'[LibVirt]\r#images_type=\ra = 1\r',
     b'[LibVirt]\r#images_type=\r+\ra = 1\r'),
    # The last one of several; one without a blank before one with it.
    (b'[libvirt]\n#images_type=a\n#images_type=b\na=1\n',
     b'[libvirt]\n#images_type=a\n#images_type=b\n+\na=1\n'),
    (b'[libvirt]\n#images_type=a\n[x]\n[libvirt]\n#images_type=b\n',
     b'[libvirt]\n#images_type=a\n[x]\n[libvirt]\n#images_type=b\n+\n'),
    (b'[libvirt]\n#images_type=a\n# images_type=b\n',
     b'[libvirt]\n#images_type=a\n+\n# images_type=b\n'),
    # Comments that are no assignments of it, or of another group.
    (b'[libvirt]\n# see images_type = x\na = 1\n',
     b'[libvirt]\n# see images_type = x\na = 1\n+\n'),
    (b'[libvirt]\n# images_type is unset\na = 1\n',
     b'[libvirt]\n# images_type is unset\na = 1\n+\n'),
    (b'[libvirt]\n# images_types = x\na = 1\n',
     b'[libvirt]\n# images_types = x\na = 1\n+\n'),
    (b'[x]\n#images_type = x\n[libvirt]\na = 1\n',
     b'[x]\n#images_type = x\n[libvirt]\na = 1\n+\n'),
    (b'#images_type = x\n[libvirt]\na = 1\n',
     b'#images_type = x\n[libvirt]\na = 1\n+\n'),
    # Not a comment, but the value above continued.
    (b'[libvirt]\na = 1\n  #images_type = x\nb=1\n',
     b'[libvirt]\na = 1\n  #images_type = x\nb=1\n+\n'),
    # The end of the section: its last assignment, with all its lines.
    (b'[libvirt]\na = 1\nb = 1\n\n# c\n\n[x]\nc = 1\n',
     b'[libvirt]\na = 1\nb = 1\n+\n\n# c\n\n[x]\nc = 1\n'),
    (b'[libvirt]\na =\n  1\n  2\n\n[x]\nc = 1\n',
     b'[libvirt]\na =\n  1\n  2\n+\n\n[x]\nc = 1\n'),
    (b'[libvirt]\n\n# c\n[x]\na = 1\n', b'[libvirt]\n+\n\n# c\n[x]\na = 1\n'),
    (b'[libvirt]\na = 1\n[x]\n[Libvirt]\nb = 1\n',
     b'[libvirt]\na = 1\n[x]\n[Libvirt]\nb = 1\n+\n'),
    (b'[libvirt]\xc2\xa0\na = 1\n', b'[libvirt]\xc2\xa0\na = 1\n+\n'),
    # None: the end of the file.
    (b'[DEFAULT]\na = 1\n', b'[DEFAULT]\na = 1\n\n[libvirt]\n+\n'),
    (b'[libvirt ]\na = 1\n', b'[libvirt ]\na = 1\n\n[libvirt]\n+\n'),
    (b'# c\n  \n', b'# c\n  \n[libvirt]\n+\n'),
    (b'', b'[libvirt]\n+\n'),
    # The end of the neighbour, not of most lines.
    (b'[libvirt]\nb=1\r\n[x]\n', b'[libvirt]\nb=1\r\n+\r\n[x]\n'),
    (b'[libvirt]\r[x]\n', b'[libvirt]\r+\r[x]\n'),
    (b'[x]\r\n', b'[x]\r\n\r\n[libvirt]\r\n+\r\n'),
    # A missing last end stays missing.
    (b'[libvirt]\na = 1', b'[libvirt]\na = 1\n+'),
    (b'[libvirt]', b'[libvirt]\n+'),
    (b'[x]\r\n[libvirt]', b'[x]\r\n[libvirt]\r\n+'),
    (b'[libvirt]\r\n#images_type=x', b'[libvirt]\r\n#images_type=x\r\n+'),
    (b'[x]', b'[x]\n\n[libvirt]\n+'),
    (b'[x]\n  ', b'[x]\n  \n[libvirt]\n+'),
]  # fmt: skip


@pytest.mark.parametrize('content, expected', ADDED)
def test_a_new_setting_goes_where_people_look_for_it(
    content: bytes, expected: bytes
) -> None:
    expected = expected.replace(b'+', b'images_type = new')
    assert edited(content, IMAGES_TYPE) == expected


def test_default_is_the_one_group_whose_case_counts() -> None:
    content = b'[DEFAULT]\n[default]\na = 1\n'
    assert edited(content, USE_COW_IMAGES) == (
        b'[DEFAULT]\nuse_cow_images = new\n[default]\na = 1\n'
    )


@pytest.mark.parametrize(
    'contents, path',
    [
        # A sample line, then a section, then the file that is read last.
        ([b'[libvirt]\n#images_type=x\n', b'[libvirt]\na=1\n'], '1'),
        (
            [b'[libvirt]\n#images_type=x\n', b'[libvirt]\n# images_type=x'],
            '1',
        ),
        ([b'[libvirt]\na=1\n', b'[x]\na=1\n'], '1'),
        ([b'[x]\n', b'[y]\n'], '2'),
        ([b'[x]\n', b''], '2'),
        # Of two that are alike, the file that is read last.
        ([b'[libvirt]\n#images_type=x\n'] * 2, '2'),
        ([b'[libvirt]\n'] * 2, '2'),
    ],
)
def test_the_file_that_a_new_setting_goes_to(
    contents: list[bytes], path: str
) -> None:
    found = made({str(n): c for n, c in enumerate(contents, 1)}, IMAGES_TYPE)
    assert found is not None
    assert [edit.path for edit in found] == [path]


@pytest.mark.parametrize(
    'last, column',
    [
        (b'a = 1', 6),
        (b'a = \xc3\xa9', 6),
        (b'a = \xf0\x9f\x98\x80', 7),
    ],
)
def test_a_column_counts_utf_16_code_units(last: bytes, column: int) -> None:
    found = made(b'[libvirt]\n' + last, IMAGES_TYPE)
    assert found == (
        edits.Edit('f', 2, 0, '\nimages_type = new', column=column),
    )


#: A file, changes, and the file after all of them: one edit where they touch.
TOGETHER = [
    # A new setting where a line goes, or changes.
    (b'[DEFAULT]\nx = 1\nuse-cow-images = 1\n[x]\n',
     [removed(3), USE_COW_IMAGES],
     b'[DEFAULT]\nx = 1\nuse_cow_images = new\n[x]\n', 1),
    (b'[DEFAULT]\nuse-cow-images = 1', [removed(2), USE_COW_IMAGES],
     b'[DEFAULT]\nuse_cow_images = new', 1),
    (b'[api]\nimages_type = 1', [removed(2), IMAGES_TYPE],
     b'[api]\n\n[libvirt]\nimages_type = new', 1),
    (b'[DEFAULT]\nuse_cow_images=1',
     [set_to(opts.USE_COW_IMAGES, at(2)), FORCE_RAW_IMAGES],
     b'[DEFAULT]\nuse_cow_images=new\nforce_raw_images = new', 1),
    (b'[DEFAULT]\n#force_raw_images=1\nuse_cow_images=1\r\n',
     [set_to(opts.USE_COW_IMAGES, at(3)), FORCE_RAW_IMAGES],
     b'[DEFAULT]\n#force_raw_images=1\nforce_raw_images = new\n'
     b'use_cow_images=new\r\n', 1),
    # Two at one place, in their sections.
    (b'[DEFAULT]\nx = 1\n', [FORCE_RAW_IMAGES, USE_COW_IMAGES],
     b'[DEFAULT]\nx = 1\nforce_raw_images = new\nuse_cow_images = new\n', 1),
    (b'[DEFAULT]', [IMAGES_TYPE, USE_COW_IMAGES],
     b'[DEFAULT]\nuse_cow_images = new\n\n[libvirt]\nimages_type = new', 1),
    (b'# why\n', [FORCE_RAW_IMAGES, IMAGES_TYPE, USE_COW_IMAGES],
     b'# why\n\n[DEFAULT]\nforce_raw_images = new\nuse_cow_images = new\n'
     b'\n[libvirt]\nimages_type = new\n', 1),
    # Neighbours, and others.
    (b'[default]\nuse_cow_images=1\nuse_cow_images=2\nx=1\nuse_cow_images=3',
     [removed(5), removed(2), removed(3)], b'[default]\nx=1\n', 2),
    (b'[DEFAULT]\nuse_cow_images=1\n#\n', [IMAGES_TYPE, removed(2)],
     b'[DEFAULT]\n#\n\n[libvirt]\nimages_type = new\n', 2),
    (b'[DEFAULT]\nuse_cow_images=1\n#', [IMAGES_TYPE, removed(2)],
     b'[DEFAULT]\n#\n\n[libvirt]\nimages_type = new', 2),
]  # fmt: skip


@pytest.mark.parametrize('content, changes, expected, count', TOGETHER)
def test_changes_are_made_together(
    content: bytes,
    changes: list[findings.Change],
    expected: bytes,
    count: int,
) -> None:
    assert edited(content, *changes) == expected
    assert len(made(content, *changes) or ()) == count


def test_several_removals_in_several_files() -> None:
    contents = {
        'a': b'[DEFAULT]\nuse_cow_images=1\n[libvirt]\nimages_type=lvm\n'
        b'[DEFAULT]\nuse_cow_images = 1\nmy_ip = 192.0.2.1\n',
        'b': b'[DEFAULT]\n# why\nuse_cow_images=0\n',
    }
    (finding,) = fixes.judged(contents).found
    assert after(contents, *finding.replacement.changes) == {
        'a': b'[DEFAULT]\n[libvirt]\nimages_type=lvm\n'
        b'[DEFAULT]\nmy_ip = 192.0.2.1\n',
        'b': b'[DEFAULT]\n# why\n',
    }


def test_what_is_kept_needs_no_edit() -> None:
    content = fixes.DRIVER + b'use_cow_images = no\n'
    (finding,) = fixes.judged({'f': content}).found
    write, keep = finding.replacement.changes
    assert keep.action is findings.Action.KEEP
    assert findings.to_make([write, keep]) == [write]
    assert made(content, keep) == ()


def test_an_assignment_of_a_file_read_twice_is_edited_once() -> None:
    content = b'[libvirt]\nimages_type=rbd\n' + fixes.DRIVER
    content += b'use_cow_images=1\nuse_cow_images=1\n'
    found = fixes.judged({'f': content}, order=['f', 'f'])
    (finding,) = found.found
    changes = finding.replacement.changes
    assert len(changes) == 3
    assert edits.of(changes, found.settings) == (edits.Edit('f', 5, 2, ''),)


def test_what_another_finding_is_to_remove_first_needs_more_than_this() -> (
    None
):
    content = b'[DEFAULT]\nmy_ip = 192.0.2.1\nuse_cow_images = maybe\n'
    assert made(content, USE_COW_IMAGES) is None


@pytest.mark.parametrize(
    'kind', sorted(set(KINDS) - {KINDS.FILE, KINDS.DEFAULT}, key=str)
)
def test_what_comes_from_elsewhere_is_nothing_for_an_edit(
    kind: parsing.OriginKind,
) -> None:
    content = b'[default]\nuse_cow_images = 1\n'
    elsewhere = set_to(opts.USE_COW_IMAGES, parsing.Origin(kind, 'name'))
    assert made(content, removed(2)) is not None
    assert made(content, removed(2), elsewhere) is None


def test_without_a_file_there_is_nowhere_to_write() -> None:
    assert made({}, IMAGES_TYPE) is None


@pytest.mark.parametrize('value', ['a\ntransport_url = b', 'a\x1b', 'a\udcff'])
def test_what_is_not_one_line_of_text_is_not_written(value: str) -> None:
    assert made(b'', set_to(opts.COMPUTE_DRIVER, value=value)) is None


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
    plan = fixes.make(contents, asked=['implicit-image-backend'])
    assert list(plan.explanations) == expected
    assert [text.path for text in plan.texts] == ['f']


def test_an_explanation_is_safe_to_show() -> None:
    (explanation,) = fixes.make({'a\x1b\nb': fixes.DRIVER}).explanations
    assert 'end of a\\x1b\\nb,' in explanation


def test_the_line_of_an_explanation_is_that_of_the_file_as_it_was() -> None:
    content = (
        b'[DEFAULT]\ncompute_driver = nova.virt.libvirt.LibvirtDriver # why\n'
        b'use_cow_images = 1\nuse_cow_images = 1\n'
        b'[libvirt]\nimages_type = flat\n'
    )
    plan = fixes.make({'f': content})
    assert [finding.rule for finding in plan.fixed] == [
        'invalid-setting',
        'flat-disks-converted',
    ]
    assert ['f:4' in one for one in plan.explanations] == [True]


def test_a_line_that_is_changed_twice_is_explained_once() -> None:
    content = (
        b'[libvirt]\nimages_type = raw\nimages_type = Raw\n'
        b'[DEFAULT]\nuse_cow_images = False\n'
    )
    plan = fixes.make({'f': content})
    assert [finding.rule for finding in plan.fixed] == ['invalid-setting']
    assert ['f:3' in one for one in plan.explanations] == [True]
