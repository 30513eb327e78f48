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

from nova_cow_check.sources import pages


def test_a_page_in_its_parts() -> None:
    page = pages.read('flat-disks-converted')
    assert page.title == 'flat-disks-converted'
    # Two lines of the page.
    assert page.summary == (
        'A resize or cold migration to this host converts raw disks to '
        'qcow2: guests do not start.'
    )
    assert page.text.startswith('flat-disks-converted\n====')
    assert page.text.endswith('#DEFAULT.use_cow_images\n')


@pytest.mark.parametrize('name', ['flat', '', '../pages/invalid-setting.rst'])
def test_no_such_page(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        pages.read(name)
