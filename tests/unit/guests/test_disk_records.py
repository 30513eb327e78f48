# SPDX-License-Identifier: Apache-2.0

"""disk.info in every state."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import disk_records
from nova_cow_check.guests import inventory

STATE = inventory.RecordState
DISK = '/var/lib/nova/instances/c0ffee00-0000-4000-8000-000000000001/disk'

UNUSABLE = (
    b'raw',
    b'{',
    b'{"a": "raw"} x',
    b'{"a": "raw"}\n{"b": "raw"}',
    b'[]',
    b'null',
    b'0',
    b'"raw"',
    b'\xff',
    b'\xef\xbb\xbf{}',
    b'\0',
    b'[' * 60_000,
    b'{"a":' * 12_000,
    b'1' * 60_000,
)


@pytest.mark.parametrize('data', UNUSABLE, ids=range(len(UNUSABLE)))
def test_unusable(data: bytes) -> None:
    expected = inventory.Records(STATE.UNUSABLE)
    assert disk_records.parse(data) == expected


@pytest.mark.parametrize('data', [b'', b'\n', b' \t\r\n'])
def test_empty(data: bytes) -> None:
    assert disk_records.parse(data) == inventory.Records(STATE.EMPTY)


@pytest.mark.parametrize(
    'entries, found',
    [
        ({}, None),
        ({DISK: 'raw'}, 'raw'),
        ({DISK: 'vmdk'}, 'vmdk'),
        ({DISK: None}, ''),
        ({DISK: {}}, ''),
        ({'/srv/' + DISK: 'raw'}, None),
        ({'disk': 'raw'}, None),
    ],
)
def test_entries(entries: dict[str, object], found: str | None) -> None:
    records = disk_records.parse(json.dumps(entries).encode() + b'\n')
    assert records.state is STATE.READ
    assert dict(records.entries).get(DISK) == found


def test_of_two_entries_the_last_counts() -> None:
    data = f'{{"{DISK}": "raw", "{DISK}": "qcow2"}}'.encode()
    assert dict(disk_records.parse(data).entries)[DISK] == 'qcow2'


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    disk_records.parse(data)
    disk_records.parse(b'{' + data + b'}')
