# SPDX-License-Identifier: Apache-2.0

"""Deliberately wrong edits: each kind is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from nova_cow_check.fixer import lines
from nova_cow_check.fixer import proof
from nova_cow_check.nova import opts
from nova_cow_check.rules import findings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import files
from tests.unit.fixer import fixes
from tests.unit import hosts

BEFORE = """\
[DEFAULT]
compute_driver = libvirt.LibvirtDriver
use_cow_images = True
use_cow_images = True
password = secret
other = 1
[libvirt]
images_type = flat
"""

RIGHT = BEFORE.replace('True\npass', 'False\npass')


def judged(
    content: str, environment: Mapping[str, str] | None = None
) -> proof.Judged:
    return fixes.judged({'f': content.encode()}, environment)


def finding_in(content: str) -> findings.Finding:
    (finding,) = judged(content).found
    return finding


def with_changes(
    finding: findings.Finding, *changes: findings.Change
) -> findings.Finding:
    """Return a finding that asks for something else."""
    return finding._replace(replacement=findings.Replacement(changes))


def refusal(before: str, after: str, finding: findings.Finding) -> str:
    with pytest.raises(proof.NotProven) as raised:
        proof.check_step(judged(before), judged(after), finding)
    message = str(raised.value)
    assert message.startswith('the edit is not proven right, nothing is ')
    assert 'secret' not in message and '\n' not in message
    return message.partition(': ')[2]


def test_the_right_edit() -> None:
    before = judged(BEFORE)
    proof.check_step(before, judged(RIGHT), *before.found)
    proof.check(before, judged(RIGHT), before.found)


ANOTHER = 'another assignment would change in f'
NOT_AS_MEANT = 'an assignment would not be as it has to be in f'
NO_NEW_VALUE = '[DEFAULT]/use_cow_images would not have its new value'


@pytest.mark.parametrize(
    'wrong, reason',
    [
        # The setting.
        (BEFORE, NO_NEW_VALUE),
        (RIGHT.replace('False', 'false # why'), NO_NEW_VALUE),
        (BEFORE.replace('True', 'False', 1), NO_NEW_VALUE),
        (RIGHT + '[DEFAULT]\nuse_cow_images = True\n', NO_NEW_VALUE),
        # The same value, but not at that place, or not there alone.
        (RIGHT.replace('False', 'false'), NOT_AS_MEANT),
        (RIGHT.replace('False', '0'), NOT_AS_MEANT),
        (RIGHT.replace('True', 'False'), NOT_AS_MEANT),
        (RIGHT.replace('use_cow_images = True\n', ''), NOT_AS_MEANT),
        (RIGHT + '[DEFAULT]\nuse_cow_images = False\n', NOT_AS_MEANT),
        # Other settings: value, name, group, order, one more, one less.
        (RIGHT.replace('= secret', '= secret2'), ANOTHER),
        (RIGHT.replace('= secret', '= secret\n  2'), ANOTHER),
        (RIGHT.replace('password', 'Password'), ANOTHER),
        (RIGHT.replace('[libvirt]', '[LIBVIRT]'), ANOTHER),
        (RIGHT.replace('password', '[x]\npassword'), ANOTHER),
        (
            RIGHT.replace('password = secret\n', '').replace(
                'other = 1\n', 'other = 1\npassword = secret\n'
            ),
            ANOTHER,
        ),
        (RIGHT + 'password = secret\n', ANOTHER),
        (RIGHT.replace('password = secret\n', ''), ANOTHER),
        (RIGHT.replace('password', '# password'), ANOTHER),
        (RIGHT.replace('flat', 'qcow2'), ANOTHER),
    ],
)
def test_a_wrong_change(wrong: str, reason: str) -> None:
    assert refusal(BEFORE, wrong, finding_in(BEFORE)) == reason


UNSET = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'


@pytest.mark.parametrize(
    'wrong, reason',
    [
        (UNSET, '[libvirt]/images_type would not have its new value'),
        (
            UNSET + 'images_type = qcow2\n',
            '[libvirt]/images_type would not have its new value',
        ),
        (UNSET + '[libvirt]\nimages_type = qcow2\nx = 1\n', ANOTHER),
        (
            UNSET + '[libvirt]\nimages_type = raw\nimages_type = qcow2\n',
            NOT_AS_MEANT,
        ),
        (
            UNSET + '[libvirt]\nimages_type = "\'qcow2\'"\n',
            '[libvirt]/images_type would not have its new value',
        ),
    ],
)
def test_a_wrong_addition(wrong: str, reason: str) -> None:
    assert refusal(UNSET, wrong, finding_in(UNSET)) == reason


@pytest.mark.parametrize('group', ['libvirt', 'LibVirt'])
def test_the_right_addition(group: str) -> None:
    before = judged(UNSET)
    after = judged(f'{UNSET}[{group}]\nimages_type = qcow2\n')
    proof.check_step(before, after, *before.found)


def test_an_addition_that_the_environment_hides() -> None:
    # A value that does come out, though not from the file.
    before = judged(UNSET)
    after = judged(UNSET, {'OS_LIBVIRT__IMAGES_TYPE': 'qcow2'})
    with pytest.raises(proof.NotProven, match='would not be written'):
        proof.check_step(before, after, *before.found)


UNUSED = (
    UNSET + 'use_cow_images = 1\nuse_cow_images = 0\n'
    '[libvirt]\nimages_type = rbd\n'
)


@pytest.mark.parametrize(
    'left', ['use_cow_images = 1\n', 'use_cow_images = 0\n']
)
def test_a_removal_that_leaves_one(left: str) -> None:
    wrong = UNUSED.replace(left, '')
    assert refusal(UNUSED, wrong, finding_in(UNUSED)) == NO_NEW_VALUE


def test_the_wrong_one_of_two_ignored_lines() -> None:
    content = f'{UNSET}use-cow-images = 1\nuse-cow-images = 2\n'
    content += '[libvirt]\nimages_type = qcow2\n'
    first, _second = judged(content).found
    wrong = content.replace('use-cow-images = 2\n', '')
    assert refusal(content, wrong, first) == NOT_AS_MEANT


def test_another_backend() -> None:
    nowhere = parsing.Origin(parsing.OriginKind.DEFAULT)
    finding = with_changes(
        finding_in(UNSET), hosts.set_to(opts.IMAGES_TYPE, 'flat', nowhere)
    )
    after = UNSET + '[libvirt]\nimages_type = flat\n'
    reason = refusal(UNSET, after, finding)
    assert reason == 'the image backend would change'


def test_another_backend_of_a_host_with_a_fault() -> None:
    before = UNSET + '[libvirt]\nimages_type = Flat\n'
    (finding, _converted) = judged(before).found
    (change,) = finding.replacement.changes
    wrong = with_changes(finding, change._replace(value='qcow2'))
    reason = refusal(before, before.replace('Flat', 'qcow2'), wrong)
    assert reason == 'the image backend would change'


def test_a_setting_that_refers_to_another_one() -> None:
    before = BEFORE + '[DEFAULT]\nforce_raw_images = $use_cow_images\n'
    after = RIGHT + '[DEFAULT]\nforce_raw_images = $use_cow_images\n'
    reason = refusal(before, after, finding_in(before))
    assert reason == '[DEFAULT]/force_raw_images would change, too'


def test_a_finding_that_does_not_end() -> None:
    finding = finding_in(BEFORE)
    (change,) = finding.replacement.changes
    useless = with_changes(finding, change._replace(value='True'))
    reason = refusal(BEFORE, BEFORE, useless)
    assert reason == 'flat-disks-converted would be found'


def test_a_new_finding() -> None:
    before = BEFORE.replace('flat', 'qcow2').replace('other', 'other-cow')
    before += '[libvirt]\nuse_cow_images = 1\n'
    finding = finding_in(before)
    assert finding.rule == 'ignored-setting'
    (written, *_others) = judged(before).settings.use_cow_images.written
    wrong = with_changes(
        finding,
        *finding.replacement.changes,
        hosts.set_to(opts.USE_COW_IMAGES, False, written),
    )
    after = before.replace('True', 'False')
    after = after.replace('[libvirt]\nuse_cow_images = 1\n', '')
    reason = refusal(before, after, wrong)
    assert reason == 'raw-disks-opened-as-qcow2 would be found'


def test_other_files() -> None:
    before = judged(BEFORE)
    after = fixes.judged({'g': RIGHT.encode()})
    with pytest.raises(proof.NotProven, match='other files would be read'):
        proof.check(before, after, before.found)


def test_the_whole_is_checked_as_each_step_is() -> None:
    before = judged(BEFORE)
    with pytest.raises(proof.NotProven, match=ANOTHER):
        proof.check(before, judged(RIGHT + 'x = 1\n'), before.found)


def test_a_key_has_the_group_as_oslo_config_looks_it_up() -> None:
    nowhere = parsing.Origin(parsing.OriginKind.DEFAULT)
    changes = [
        findings.remove(group, 'a', nowhere)
        for group in ('DEFAULT', 'Libvirt', 'LIBVIRT')
    ]
    fixed = [with_changes(finding_in(BEFORE), *changes)]
    assert proof.keys_of(fixed) == {('DEFAULT', 'a'), ('libvirt', 'a')}


def test_an_addition_that_is_there_twice() -> None:
    twice = f'{UNSET}[libvirt]\nimages_type = qcow2\nimages_type = qcow2\n'
    assert refusal(UNSET, twice, finding_in(UNSET)) == NOT_AS_MEANT


def test_a_value_of_several_lines_is_compared_whole() -> None:
    other = 'other = 1\n'
    before = BEFORE.replace(other, 'other = 1\n  2\n')
    for wrong in (RIGHT, RIGHT.replace(other, 'other = 1\n  3\n')):
        assert refusal(before, wrong, finding_in(before)) == ANOTHER


def test_a_file_that_is_read_twice_is_compared_once() -> None:
    before, after = (
        fixes.judged({'f': one.encode(), 'g': b''}, order=['f', 'g', 'f'])
        for one in (BEFORE, RIGHT)
    )
    proof.check_step(before, after, *before.found)


BYTES = (
    b'# comment \n\n[DEFAULT]\r\npassword = secret\nuse_cow_images = 1\n'
    b'other  =  1 \n[x]\ny = 1'
)

RIGHT_BYTES = BYTES.replace(b'images = 1', b'images = 0')

HUNK = lines.Hunk(5, (b'use_cow_images = 1\n',), 5, (b'use_cow_images = 0\n',))

OUTSIDE = 'bytes outside the edited lines would change in f'
ANOTHER_LINE = 'a line of another option would be edited in f'


def check_bytes(
    after: bytes, hunks: Iterable[lines.Hunk], before: bytes = BYTES
) -> None:
    proof.check_bytes(
        files.parse('f', before),
        files.parse('f', after),
        before,
        after,
        tuple(hunks),
        {('DEFAULT', 'use_cow_images'), ('libvirt', 'images_type')},
    )


def refusal_of_bytes(
    after: bytes, hunks: Iterable[lines.Hunk], before: bytes = BYTES
) -> str:
    with pytest.raises(proof.NotProven) as raised:
        check_bytes(after, hunks, before)
    assert 'secret' not in str(raised.value)
    return str(raised.value).partition(': ')[2]


def test_the_right_bytes() -> None:
    check_bytes(RIGHT_BYTES, [HUNK])
    check_bytes(BYTES, [])


@pytest.mark.parametrize(
    'old, new',
    [
        (b'# comment ', b'# Comment '),
        (b'# comment \n', b'# comment\n'),
        (b'# comment \n', b''),
        (b'\n\n', b'\n'),
        (b'\n\n', b'\n\n\n'),
        (b'\r\n', b'\n'),
        (b'\r\n', b'\r'),
        (b'other  =  1 ', b'other = 1'),
        (b'other  =  1 ', b'other  =  1'),
        (b'y = 1', b'y: 1'),
        (b'y = 1', b'"y" = 1'),
        (b'y = 1', b'y = "1"'),
        (b'y = 1', b'y =\n 1'),
        (b'[x]\n', b'[x]\n\n'),
        (b'[x]', b'[X]'),
        (b'images = 0\n', b'images = 0\n\n'),
    ],
)
def test_a_change_outside(old: bytes, new: bytes) -> None:
    assert old in RIGHT_BYTES
    assert refusal_of_bytes(RIGHT_BYTES.replace(old, new), [HUNK]) == OUTSIDE


@pytest.mark.parametrize(
    'hunks',
    [
        [],
        [HUNK._replace(before=4, after=4)],
        [HUNK._replace(after=6)],
        [HUNK._replace(removed=(b'use_cow_images = 2\n',))],
        [HUNK._replace(added=(b'use_cow_images = 2\n',))],
        [HUNK._replace(removed=())],
        [HUNK._replace(added=())],
        [HUNK, HUNK],
    ],
)
def test_wrong_hunks(hunks: list[lines.Hunk]) -> None:
    assert refusal_of_bytes(RIGHT_BYTES, hunks) == OUTSIDE


@pytest.mark.parametrize(
    'old, new',
    [
        (b'password = secret\n', b''),
        (b'password = secret\n', b'# password = secret\n'),
        (b'password = secret\n', b'password = secret\n# made up\n'),
        (b'password = secret\n', b'password = secret\nmore = secret\n'),
        (b'password = secret\n', b'password = secret\n[more]\n'),
        (b'\n[DEFAULT]\r\n', b'[DEFAULT]\r\n'),
        (b'# comment \n', b''),
        (b'[x]\n', b''),
    ],
)
def test_a_hunk_with_a_line_of_something_else(old: bytes, new: bytes) -> None:
    after = BYTES.replace(old, new)
    before = lines.split(BYTES)
    number = next(
        one.number for one in before if BYTES.find(old) < end_of(one)
    )
    assert number is not None
    hunk = lines.Hunk(
        number,
        tuple(line.data for line in lines.split(old)),
        number,
        tuple(line.data for line in lines.split(new)),
    )
    assert refusal_of_bytes(after, [hunk]) == ANOTHER_LINE


def end_of(line: lines.Line) -> int:
    above = lines.split(BYTES)[: line.number]
    return sum(len(one.data) for one in above)


@pytest.mark.parametrize(
    'added', [b'# made up\n', b'; made up\n', b'more = 1\n', b'[more]\n']
)
def test_a_hunk_that_adds_something_else(added: bytes) -> None:
    after = BYTES.replace(b'use_cow', added + b'use_cow')
    assert (
        refusal_of_bytes(after, [lines.Hunk(5, (), 5, (added,))])
        == ANOTHER_LINE
    )


@pytest.mark.parametrize(
    'added',
    [
        (b'use_cow_images: 0\n',),
        (b'# why\n', b'use_cow_images = 0\n'),
        (b'\n', b'[DEFAULT]\n', b'use_cow_images = 0\n'),
    ],
)
def test_what_an_edit_may_add(added: tuple[bytes, ...]) -> None:
    before = b'[DEFAULT]\nuse_cow_images = 1 # why\n'
    after = b'[DEFAULT]\n' + b''.join(added)
    hunk = lines.Hunk(2, (b'use_cow_images = 1 # why\n',), 2, added)
    check_bytes(after, [hunk], before)


def test_a_last_line_may_get_an_end_when_another_one_follows() -> None:
    added = (b'[libvirt]\n', b'images_type = raw')
    hunk = lines.Hunk(9, (), 9, added)
    check_bytes(BYTES + b'\n' + b''.join(added), [hunk])


@pytest.mark.parametrize('end', [b'\n', b'\r\n'])
def test_a_last_line_gets_no_end_otherwise(end: bytes) -> None:
    assert refusal_of_bytes(RIGHT_BYTES + end, [HUNK]) == OUTSIDE


def test_a_last_line_keeps_its_end() -> None:
    after = (RIGHT_BYTES + b'\n')[:-1]
    assert refusal_of_bytes(after, [HUNK], BYTES + b'\n') == OUTSIDE
