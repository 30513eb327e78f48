# SPDX-License-Identifier: Apache-2.0

"""Attributes of a file: those of the new one too, or there is none."""

from __future__ import annotations

from collections.abc import Iterator
import errno
import os
import pathlib

import pytest

from nova_cow_check.replacing import targets
from tests.functional import conftest
from tests.unit.replacing import states


@pytest.fixture
def descriptor(tmp_path: pathlib.Path) -> Iterator[int]:
    with (tmp_path / 'nova.conf').open('xb') as stream:
        yield stream.fileno()


def test_what_is_read_is_given(
    descriptor: int, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'other.conf'
    path.touch(0o600)
    conftest.required(
        states.set_extended(path, 'user.a', b'\0\xff')
        and states.set_extended(path, states.ACL, states.access_list(7)),
        'needs extended attributes',
    )
    for name in ('user.a', 'user.b'):
        os.setxattr(descriptor, name, b'before')
    with path.open('rb') as stream:
        wanted = targets.read_attributes(stream.fileno())
    assert wanted.extended == {
        'user.a': b'\0\xff',
        states.ACL: states.access_list(7),
    }
    targets.give_attributes(descriptor, wanted)
    assert targets.read_attributes(descriptor) == wanted


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        ({'owner': 2**31, 'group': 2**31}, 'its owner and group cannot be'),
        ({'extended': {'nonsense.a': b''}}, 'its nonsense.a cannot be kept'),
        ({'extended': {states.ACL: b'?'}}, f'its {states.ACL} cannot be'),
        # Nothing refuses these; they are just not what is there.
        ({'mode': 0o200600}, 'does not keep its owner, mode and attributes'),
    ],
)
def test_what_cannot_be_given(
    change: dict[str, object], reason: str, descriptor: int
) -> None:
    there = targets.read_attributes(descriptor)
    if 'owner' in change and os.geteuid() == 0:
        # Root may; but there is no such owner as this.
        change = {'owner': 2**32 - 1, 'group': -1}
        reason = 'does not keep its owner'
    wanted = there._replace(**change)  # type: ignore[arg-type]
    with pytest.raises(OSError, match=reason):
        targets.give_attributes(descriptor, wanted)


def test_a_mode_that_is_refused_is_told(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _mode: int) -> None:
        raise OSError(errno.EPERM, 'Operation not permitted')

    monkeypatch.setattr(os, 'fchmod', refuse)
    wanted = targets.read_attributes(descriptor)
    with pytest.raises(OSError) as caught:
        targets.give_attributes(descriptor, wanted)
    assert caught.value.strerror == (
        'its mode cannot be kept: Operation not permitted'
    )


@pytest.mark.parametrize('name', ['security.ima', 'security.evm'])
def test_a_signed_file_is_refused(
    name: str, descriptor: int, tmp_path: pathlib.Path
) -> None:
    value = b'\x04\x04' + b'0' * 32
    if not states.set_extended(tmp_path / 'nova.conf', name, value):
        pytest.skip('only root may sign files')
    with pytest.raises(OSError, match=f'it is signed .{name}.'):
        targets.read_attributes(descriptor)


def test_a_file_system_without_extended_attributes() -> None:
    with open('/proc/self/status', 'rb') as stream:
        assert targets.read_attributes(stream.fileno()).extended == {}
