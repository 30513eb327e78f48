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

import os
import pathlib

import pytest

from nova_cow_check import errors
from nova_cow_check.replacing import backups
from nova_cow_check.replacing import targets
from tests.unit.replacing import written


@pytest.mark.parametrize(
    'suffix', [backups.DEFAULT_SUFFIX, '~', '.bak', '.conf~', 'conf.', ' ']
)
def test_suffixes(suffix: str) -> None:
    backups.check_suffix(suffix)


@pytest.mark.parametrize(
    ('suffix', 'reason'),
    [
        ('', 'read as configuration'),
        ('.conf', 'read as configuration'),
        ('.old.conf', 'read as configuration'),
        # Of a file that is named "nova.".
        ('conf', 'read as configuration'),
        ('f', 'read as configuration'),
        ('/backup', 'contains a "/"'),
        ('/../../backup', 'contains a "/"'),
    ],
)
def test_what_is_no_suffix(suffix: str, reason: str) -> None:
    with pytest.raises(errors.UsageError, match=reason):
        backups.check_suffix(suffix)


def test_the_default_suffix_is_no_hidden_or_configuration_file() -> None:
    _stem, ending = os.path.splitext('nova.conf' + backups.DEFAULT_SUFFIX)
    assert ending != '.conf'


def test_a_backup_is_gone_when_others_have_removed_it(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'nova.conf'
    path.write_bytes(written.OLD)
    with targets.opened(str(path), str(path), written.OLD) as target:
        backup = backups.make(target, '.bak')
        assert pathlib.Path(backup.path).read_bytes() == written.OLD
        assert backup.remove()
        assert not os.path.exists(backup.path)
        assert backup.remove()
