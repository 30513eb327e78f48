# SPDX-License-Identifier: Apache-2.0

"""A plan: which files change, what is left, and what of it is shown."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import itertools
import operator

import pytest

from nova_cow_check.fixer import edits
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import plan
from nova_cow_check.fixer import proof
from nova_cow_check.reports import verdict
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from tests.unit.fixer import fixes
from tests.unit import sample_reports

CONVERTED = fixes.DRIVER + b'[libvirt]\nimages_type = flat\n'


def rules(made: plan.Plan) -> tuple[list[str], list[str]]:
    """Return the rules that are fixed, and those that are left."""
    return (
        [finding.rule for finding in made.fixed],
        [left.finding.rule for left in made.left],
    )


def test_nothing_to_do() -> None:
    content = fixes.DRIVER + b'[libvirt]\nimages_type = qcow2\n'
    assert fixes.make({'f': content}) == plan.Plan((), (), (), ())
    assert fixes.make({'f': b''}) == plan.Plan((), (), (), ())


def test_only_files_that_change_are_in_a_plan_in_reading_order() -> None:
    contents = {
        'z': b'[DEFAULT]\nuse_cow_images = 1\n',
        'y': b'[x]\na = 1\n',
        'a': b'[DEFAULT]\nuse_cow_images = 0\n[libvirt]\nimages_type=rbd\n',
    }
    made = fixes.make(contents)
    assert [text.path for text in made.texts] == ['z', 'a']
    assert [text.before for text in made.texts] == [
        contents['z'],
        contents['a'],
    ]


def test_a_file_that_is_read_twice_is_one_text() -> None:
    contents = {'a': CONVERTED, 'b': b'[DEFAULT]\nuse_cow_images = True\n'}
    for order in (['a', 'b', 'a'], ['b', 'a', 'b']):
        made = fixes.make(contents, order=order)
        (text,) = made.texts
        assert text.path == 'b'
        assert text.after == b'[DEFAULT]\nuse_cow_images = False\n'


# Files a and b, in reading order, and what becomes of them.
CHOICES = {
    'the last assignment of the last file wins': (
        (CONVERTED + b'[DEFAULT]\nuse_cow_images=1\n',
         b'[DEFAULT]\nuse_cow_images=1\nuse_cow_images=1\n'),
        (CONVERTED + b'[DEFAULT]\nuse_cow_images=1\n',
         b'[DEFAULT]\nuse_cow_images=1\nuse_cow_images=False\n'),
    ),
    'the first file is the only one that sets it': (
        (CONVERTED + b'[DEFAULT]\nuse_cow_images=1\n', b'[DEFAULT]\na=1\n'),
        (CONVERTED + b'[DEFAULT]\nuse_cow_images=False\n',
         b'[DEFAULT]\na=1\n'),
    ),
    'a section in the file read last': (
        (CONVERTED, b'[DEFAULT]\na=1\n'),
        (CONVERTED, b'[DEFAULT]\na=1\nuse_cow_images = False\n'),
    ),
    'a sample line, though another file is read last': (
        (CONVERTED + b'[DEFAULT]\n#use_cow_images=x\n', b'[DEFAULT]\na=1\n'),
        (CONVERTED +
         b'[DEFAULT]\n#use_cow_images=x\nuse_cow_images = False\n',
         b'[DEFAULT]\na=1\n'),
    ),
    'no section anywhere': (
        (b'[libvirt]\nimages_type = flat\n', b'[x]\n'),
        (b'[libvirt]\nimages_type = flat\n',
         b'[x]\n\n[DEFAULT]\nuse_cow_images = False\n'),
    ),
    'an empty file is read last': (
        (b'[libvirt]\nimages_type = flat\n', b''),
        (b'[libvirt]\nimages_type = flat\n',
         b'[DEFAULT]\nuse_cow_images = False\n'),
    ),
}  # fmt: skip


@pytest.mark.parametrize('name', CHOICES)
def test_choice_of_the_file(name: str) -> None:
    before, after = (dict(zip('ab', files)) for files in CHOICES[name])
    made = fixes.make(before)
    assert fixes.after(before, made) == after
    assert rules(made) == (['flat-disks-converted'], [])


def test_findings_are_those_of_the_files_as_they_were() -> None:
    content = (
        b'[DEFAULT]\ncompute_driver = nova.virt.libvirt.LibvirtDriver # a\n'
        b'use_cow_images = False # b\n[libvirt]\nimages_type = Flat\n'
    )
    made = fixes.make({'f': content})
    assert list(made.fixed) == list(fixes.judged({'f': content}).found)
    lines_ = [finding.origins[0].line for finding in made.fixed]
    assert lines_ == [2, 5, 3]


@pytest.mark.parametrize(
    'written',
    [
        b'use_cow_images = maybe\n',
        b'use_cow_images = (False)\n',
        b'[libvirt]\nimages_type = ceph\n',
        b'[libvirt]\nimages_type = {{ x }}\n',
        b'[libvirt]\nimages_type = raw\nimages_type = ceph\n',
        b'compute_driver = nova.virt.fake.FakeConnection\n',
        # Evident, and not safe beside the other.
        b'use_cow_images = y\n[libvirt]\nimages_type=raw\n',
        b'use_cow_images = n\n[libvirt]\nimages_type=qcow2\n',
    ],
)
def test_what_is_not_evident_is_not_written(written: bytes) -> None:
    made = fixes.make({'f': fixes.DRIVER + written})
    assert (made.texts, rules(made)) == ((), ([], ['invalid-setting']))
    assert made.left[0].reason == (
        'No value is proposed for it: choose one, and write it by hand.'
    )


class TestLeft:
    CONTENT = (
        fixes.DRIVER + b'use-cow-images = 1\nuse_cow_images = 0\n  secret\n'
        b'[libvirt]\nimages_type = Flat\nuse_cow_images = 1\n'
    )

    def test_the_rest_is_fixed(self) -> None:
        made = fixes.make({'f': self.CONTENT})
        assert rules(made) == (
            ['invalid-setting'],
            ['invalid-setting', 'ignored-setting', 'ignored-setting'],
        )
        (text,) = made.texts
        assert text.after == self.CONTENT.replace(b'Flat', b'flat')
        assert 'secret' not in fixes.said(made)

    def test_one_that_is_left_above_one_that_is_fixed(self) -> None:
        content = b'[libvirt]\nimages_type=qcow2\n  secret\n' + fixes.DRIVER
        made = fixes.make({'f': content + b'force_raw_images = y\n'})
        assert rules(made) == (['invalid-setting'], ['invalid-setting'])
        assert made.left[0].finding.origins[0].line == 2

    def test_the_finding_is_that_of_the_file_as_it_was(self) -> None:
        content = self.CONTENT.replace(b'.LibvirtDriver', b' # why')
        made = fixes.make({'f': content})
        assert [
            wording.place(left.finding.origins[0]) for left in made.left
        ] == ['f:4', 'f:3', 'f:8']

    def test_with_the_environment_no_file_changes(self) -> None:
        environment = {'OS_LIBVIRT__IMAGES_TYPE': 'default'}
        made = fixes.make({'f': fixes.DRIVER}, environment)
        assert (made.texts, made.explanations) == ((), ())
        assert rules(made) == ([], ['implicit-image-backend'])


class TestAskedFor:
    CONTENT = (
        fixes.DRIVER + b'use-cow-images = 1\nuse-cow-images = 1\n'
        b'[libvirt]\nimages_type = flat\n'
    )

    def test_only_these_are_fixed_and_no_others_left(self) -> None:
        made = fixes.make({'f': self.CONTENT}, asked=['ignored-setting'])
        assert rules(made) == (['ignored-setting', 'ignored-setting'], [])
        (text,) = made.texts
        assert text.after == self.CONTENT.replace(b'use-cow-images = 1\n', b'')

    def test_one_that_does_not_hold(self) -> None:
        made = fixes.make({'f': self.CONTENT}, asked=['invalid-setting'])
        assert made == plan.Plan((), (), (), ())

    def test_several(self) -> None:
        made = fixes.make(
            {'f': self.CONTENT},
            asked=['ignored-setting', 'flat-disks-converted'],
        )
        assert rules(made)[0] == [
            'ignored-setting',
            'ignored-setting',
            'flat-disks-converted',
        ]


@pytest.mark.parametrize('is_expired', [False, True])
def test_a_waived_finding_is_no_part_of_it(is_expired: bool) -> None:
    waiver = sample_reports.waiver('flat-disks-converted')
    waiver = waiver._replace(is_expired=is_expired)

    def judge(
        found: host_config.Configuration,
    ) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
        host, _rows = fixes.judge(found)
        return host, verdict.judge(host, (waiver,))

    made = plan.make(fixes.read({'f': CONVERTED}), {'f': CONVERTED}, judge)
    assert rules(made)[1] == []
    assert bool(rules(made)[0]) is is_expired
    assert bool(made.texts) is is_expired


def test_a_removal_that_lets_another_source_show_is_left() -> None:
    content = fixes.DRIVER + b'use_cow_images=1\n[libvirt]\nimages_type=rbd\n'

    def judge(
        found: host_config.Configuration,
    ) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
        """Judge with a source that the files beat."""
        host, rows = fixes.judge(found)
        source = parsing.Origin(parsing.OriginKind.CONFIG_SOURCE, 'there')
        setting = host.use_cow_images
        editing = setting.editing._replace(source=source)
        setting = dataclasses.replace(setting, editing=editing)
        return dataclasses.replace(host, use_cow_images=setting), rows

    made = plan.make(fixes.read({'f': content}), {'f': content}, judge)
    assert made.texts == ()
    (left,) = made.left
    assert 'config_source there' in left.reason


def stripped(document: lines.Document) -> lines.Document:
    return tuple(
        line._replace(data=line.text.rstrip() + b'\n') for line in document
    )


def without_comments(document: lines.Document) -> lines.Document:
    return tuple(line for line in document if line.data[:1] != b'#')


def doubled(document: lines.Document) -> lines.Document:
    return tuple(
        copy
        for line in document
        for copy in ([line] if line.number else [line, line])
    )


def with_one_more(document: lines.Document) -> lines.Document:
    return (*document, lines.Line(b'more = 1\n'))


def moved_to_the_end(document: lines.Document) -> lines.Document:
    first, *others = document
    return (*others, first)


@pytest.mark.parametrize(
    'spoil',
    [stripped, without_comments, doubled, with_one_more, moved_to_the_end],
)
def test_an_edit_that_does_more_is_refused(
    spoil: Callable[[lines.Document], lines.Document],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = b'# comment\n[x]\na = 1 \n' + CONVERTED + b'[DEFAULT]\n'
    apply = lines.apply
    monkeypatch.setattr(lines, 'apply', lambda *words: spoil(apply(*words)))
    with pytest.raises(proof.NotProven):
        fixes.make({'f': content})


def test_the_whole_is_proven_after_the_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def apply_another(
        document: lines.Document, *made: edits.Edit
    ) -> lines.Document:
        (edit,) = made
        written = '[libvirt]\nimages_type = rbd\n'
        return apply(document, edit._replace(written=written))

    apply = lines.apply
    monkeypatch.setattr(lines, 'apply', apply_another)
    monkeypatch.setattr(proof, 'check_step', lambda *words: None)
    with pytest.raises(proof.NotProven, match='not have its new value'):
        fixes.make({'f': fixes.DRIVER})


def test_a_file_like_the_sample_of_nova() -> None:
    groups = ['DEFAULT', *(f'group_{number}' for number in range(60))]
    groups.insert(30, 'libvirt')
    text = ''
    for group in groups:
        text += f'[{group}]\n\n#\n# From nova.conf\n#\n\n'
        for number in range(30):
            text += (
                f'# What it is for. (string value)\n#option_{number} = \n\n'
            )
        if group == 'libvirt':
            text += '# VM Images format. (string value)\n'
            text += '# Possible values:\n# raw - <No description>\n'
            text += '#images_type = default\n\n# More. (string value)\n'
            text += '#images_volume_group = <None>\n\n\n'
    text += '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    made = fixes.make({'f': text.encode()})
    (changed,) = made.texts
    sample = '#images_type = default\n'
    expected = text.replace(sample, f'{sample}images_type = qcow2\n')
    assert changed.after.decode() == expected
    assert fixes.shown(made).count('\n') == 4


@pytest.mark.parametrize(
    'line, is_hidden',
    [
        (b'[database]\nimages_type = mysql://S3cr3t\n', True),
        (b'[libvirt]\nuse_cow_images = S3cr3t\n', True),
        (b'[libvirt]\nuse_cow_images = True\n', False),
    ],
)
def test_a_value_that_fits_no_option_is_hidden(
    line: bytes, is_hidden: bool
) -> None:
    content = fixes.DRIVER + b'[libvirt]\nimages_type = qcow2\n' + line
    made = fixes.make({'f': content}, asked=['ignored-setting'])
    assert rules(made) == (['ignored-setting'], [])
    number = content.count(b'\n')
    assert made.hidden == ({('f', number)} if is_hidden else set())


def render(*hunks: lines.Hunk, path: str = 'f') -> list[str]:
    text = plan.Text(path, b'before', b'after', hunks)
    pieces = list(plan.render([text]))
    assert all(piece.endswith('\n') for piece in pieces)
    return ''.join(pieces).split('\n')[:-1]


def test_a_diff_of_nothing() -> None:
    assert list(plan.render([])) == []


@pytest.mark.parametrize(
    'hunk, expected',
    [
        (lines.Hunk(3, (b'a\n',), 4, (b'b\n',)), ['@@ -3 +4 @@', '-a', '+b']),
        (
            lines.Hunk(3, (b'a\n', b'b\r\n'), 3, (b'c\r', b'd\n')),
            ['@@ -3,2 +3,2 @@', '-a', '-b', '+c', '+d'],
        ),
        # Of no lines, the number of the line above.
        (lines.Hunk(3, (), 4, (b'b\n',)), ['@@ -2,0 +4 @@', '+b']),
        (lines.Hunk(3, (b'a\n',), 4, ()), ['@@ -3 +3,0 @@', '-a']),
        (lines.Hunk(1, (), 1, (b'b\n',)), ['@@ -0,0 +1 @@', '+b']),
        (
            lines.Hunk(3, (b'a',), 3, (b'b\n', b'c')),
            [
                '@@ -3 +3,2 @@',
                '-a',
                '\\ No newline at end of file',
                '+b',
                '+c',
                '\\ No newline at end of file',
            ],
        ),
    ],
)
def test_hunk(hunk: lines.Hunk, expected: list[str]) -> None:
    assert render(hunk) == ['--- f', '+++ f', *expected]


def test_what_may_be_the_value_of_another_option_is_hidden() -> None:
    hunk = lines.Hunk(3, (b'images_type: S3cr3t\n', b'a = 1\n'), 3, ())
    text = plan.Text('f', b'before', b'after', (hunk,))
    for hidden, first in (
        ([('f', 3)], '-images_type = (not shown)\n'),
        ([('g', 3), ('f', 2)], '-images_type: S3cr3t\n'),
    ):
        shown = list(plan.render([text], hidden))
        assert shown[-2:] == [first, '-a = 1\n']


def test_each_file_has_a_header() -> None:
    hunk = lines.Hunk(1, (b'a\n',), 1, ())
    texts = [plan.Text(path, b'', b'', (hunk, hunk)) for path in 'ab']
    shown = ''.join(plan.render(texts)).splitlines()
    assert [line for line in shown if line.startswith(('---', '+++'))] == [
        '--- a', '+++ a', '--- b', '+++ b',
    ]  # fmt: skip
    assert shown.count('@@ -1 +0,0 @@') == 4


@pytest.mark.parametrize(
    'data, shown',
    [
        (b'a = \x1b[2J\n', '-a = \\x1b[2J'),
        (b'a = \xc3\xa9\n', '-a = é'),
        (b'a = \xff\n', '-a = \\xff'),
        (b'a = \xe2\x80\xae\n', '-a = \\u202e'),
        (b'a\tb\x0c\n', '-a\\tb\\x0c'),
        (b'x' * 100 + b'\n', '-' + 'x' * 100),
        (b'x' * 101 + b'\r\n', '-' + 'x' * 100 + '...'),
    ],
)
def test_a_line_is_safe_to_show(data: bytes, shown: str) -> None:
    assert render(lines.Hunk(1, (data,), 1, ()))[3:] == [shown]


def test_a_path_is_safe_to_show() -> None:
    hunk = lines.Hunk(1, (b'a\n',), 1, ())
    shown = render(hunk, path='a\n+++ b\udcff')
    assert shown[:2] == ['--- a\\n+++ b\\xff', '+++ a\\n+++ b\\xff']


def test_neighbours_are_not_shown() -> None:
    made = fixes.make(
        {
            'f': fixes.DRIVER + b'password = secret\nuse_cow_images = 1\n'
            b'password = secret\n[libvirt]\nimages_type = flat\n'
        }
    )
    assert fixes.shown(made) == (
        '--- f\n+++ f\n@@ -4 +4 @@\n-use_cow_images = 1\n'
        '+use_cow_images = False\n'
    )


def test_an_ignored_line_is_the_operators() -> None:
    content = fixes.DRIVER + b'use-cow-images=1\n[libvirt]\nimages_type=qcow2'
    made = fixes.make({'f': content})
    assert rules(made) == ([], ['ignored-setting'])
    assert 'your choice' in made.left[0].reason


@pytest.mark.parametrize(
    'ends', list(itertools.product(['\n', '\r', '\r\n'], repeat=4))
)
@pytest.mark.parametrize('name', ['added', 'removed'])
def test_any_mixture_of_line_ends_can_be_edited(
    name: str, ends: tuple[str, ...]
) -> None:
    written = {
        # Below the sample line, above a line that may be blank.
        'added': ['#images_type = x', '', 'virt_type = kvm', ''],
        'removed': ['images_type = rbd', '[DEFAULT]', 'use_cow_images=0', ''],
    }[name]
    text = fixes.DRIVER.decode() + '[libvirt]\n'
    text += ''.join(map(operator.add, written, ends)) + '\n[x]\ny = z\n'
    before = text.encode()
    made = fixes.make({'f': before})
    assert rules(made)[1] == []
    (after,) = (one.after for one in made.texts)
    kept = [line.data for line in lines.split(before)]
    new = [line.data for line in lines.split(after)]
    if name == 'removed':
        kept = [line for line in kept if not line.startswith(b'use_cow')]
    # Every other line is as it was, with its end.
    rest = iter(new)
    assert all(line in rest for line in kept)


def test_more_ignored_lines_than_are_told_are_left() -> None:
    content = fixes.DRIVER + b'images_type = raw\n' * 101
    planned = fixes.make({'f': content}, asked=['ignored-setting'])
    assert not planned.texts
    assert len(planned.left) == 101
    for left in planned.left:
        assert left.reason.startswith('There are more such lines')
    fewer = fixes.DRIVER + b'images_type = raw\n' * 3
    planned = fixes.make({'f': fewer}, asked=['ignored-setting'])
    assert planned.texts and not planned.left


def test_edits_of_many_places_are_made_at_once() -> None:
    content = fixes.DRIVER + b'[libvirt]\nimages_type = rbd\n[DEFAULT]\n'
    planned = fixes.make({'f': content + b'use_cow_images=1\na=b\n' * 500})
    (text,) = planned.texts
    assert text.after == content + b'a=b\n' * 500
