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
"""Deliberately wrong edits: each kind is refused."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses

import pytest

from nova_cow_check import findings
from nova_cow_check.fixer import proof
from nova_cow_check import opts
from nova_cow_check import origins
from tests.unit.fixer import fixes

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
    return dataclasses.replace(
        finding, replacement=findings.Replacement(changes)
    )


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
    nowhere = origins.Origin(origins.OriginKind.DEFAULT)
    finding = with_changes(
        finding_in(UNSET), findings.set_to(opts.IMAGES_TYPE, 'flat', nowhere)
    )
    after = UNSET + '[libvirt]\nimages_type = flat\n'
    reason = refusal(UNSET, after, finding)
    assert reason == 'the image backend would change'


def test_another_backend_of_a_host_with_a_fault() -> None:
    before = UNSET + '[libvirt]\nimages_type = Flat\n'
    (finding, _converted) = judged(before).found
    (change,) = finding.replacement.changes
    wrong = with_changes(finding, dataclasses.replace(change, value='qcow2'))
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
    useless = with_changes(finding, dataclasses.replace(change, value='True'))
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
        findings.set_to(opts.USE_COW_IMAGES, False, written),
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
