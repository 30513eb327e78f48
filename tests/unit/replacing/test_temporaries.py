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

import pathlib

import pytest

from nova_cow_check.replacing import targets
from nova_cow_check.replacing import temporaries
from tests.unit.replacing import written

OWN = '.a.conf.0123456789abcdef.nova-cow-check'

OTHERS = [
    'a.conf',
    '.a.conf',
    '.a.conf.swp',
    'a.conf.nova-cow-check-backup',
    'a.conf.nova-cow-check-backup.1',
    # Of other files, which others may be writing.
    '.b.conf.0123456789abcdef.nova-cow-check',
    '.axconf.0123456789abcdef.nova-cow-check',
    '.a.conf.0123456789ABCDEF.nova-cow-check',
    '.a.conf.0123456789abcdef0.nova-cow-check',
    '.a.conf.0123456789abcdef.nova-cow-check.1',
]


def test_only_own_files_are_swept(tmp_path: pathlib.Path) -> None:
    for name in [OWN, *OTHERS]:
        (tmp_path / name).write_bytes(written.OLD)
    path = str(tmp_path / 'a.conf')
    with targets.opened(path, path, written.OLD) as target:
        temporaries.sweep(target)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(OTHERS)


def test_a_file_is_swept_under_the_name_that_it_is_given(
    tmp_path: pathlib.Path,
) -> None:
    # Characters that mean something in patterns.
    path = tmp_path / 'a[1]{x}*+.conf'
    path.write_bytes(written.OLD)
    with targets.opened(str(path), str(path), written.OLD) as target:
        with temporaries.beside(target, written.NEW) as name:
            assert (tmp_path / name).read_bytes() == written.NEW
            assert name.startswith('.') and not name.endswith('.conf')
            temporaries.sweep(target)
            assert list(tmp_path.iterdir()) == [path]


def test_a_file_does_not_stay(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'a.conf'
    path.write_bytes(written.OLD)
    with targets.opened(str(path), str(path), written.OLD) as target:
        with pytest.raises(KeyboardInterrupt):
            with temporaries.beside(target, written.NEW):
                raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [path]
