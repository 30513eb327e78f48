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

"""What the override for a deployment tool has to hold."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nova_cow_check.deployment import wanted as wants
from nova_cow_check import findings
from nova_cow_check import opts
from nova_cow_check import origins

NOT_SET = origins.Origin(origins.OriginKind.DEFAULT)

FLAT = findings.set_to(opts.IMAGES_TYPE, 'flat', NOT_SET)
KEEP_FALSE = findings.keep(opts.USE_COW_IMAGES, False, NOT_SET)
SET_TRUE = findings.set_to(opts.USE_COW_IMAGES, True, NOT_SET)
REMOVE = findings.remove('DEFAULT', 'use_cow_images', NOT_SET)
MISPLACED = findings.remove('libvirt', 'use_cow_images', NOT_SET)

#: Changes -> settings as a nova.conf, and what is removed.
TABLE = [
    ([], '', ()),
    ([FLAT], '[libvirt]\nimages_type = flat\n', ()),
    (
        [FLAT, KEEP_FALSE],
        '[DEFAULT]\nuse_cow_images = False\n\n[libvirt]\nimages_type = flat\n',
        (),
    ),
    ([KEEP_FALSE, SET_TRUE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([SET_TRUE, KEEP_FALSE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([REMOVE, REMOVE], '', (('DEFAULT', 'use_cow_images'),)),
    ([REMOVE, SET_TRUE], '[DEFAULT]\nuse_cow_images = True\n', ()),
    ([MISPLACED], '', (('libvirt', 'use_cow_images'),)),
]


@pytest.mark.parametrize('changes, ini, removed', TABLE)
def test_changes_lead_to_settings(
    changes: Sequence[findings.Change],
    ini: str,
    removed: tuple[tuple[str, str], ...],
) -> None:
    wanted = wants.of(changes)
    assert (wanted.ini, wanted.removed) == (ini, removed)


def test_nothing_in_it_ends_a_line() -> None:
    driver = findings.set_to(opts.COMPUTE_DRIVER, 'a\n[x]\ny = z', NOT_SET)
    odd = findings.remove('a\r', 'b\x1b[2J', NOT_SET)
    wanted = wants.of([driver, odd])
    assert wanted.ini == '[DEFAULT]\ncompute_driver = a\\n[x]\\ny = z\n'
    assert wanted.removed == (('a\\r', 'b\\x1b[2J'),)
