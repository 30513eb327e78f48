# SPDX-License-Identifier: Apache-2.0

"""The page of a rule, as the package has it."""

from __future__ import annotations

import pytest

from nova_cow_check.rules import registry


def test_a_page_in_its_parts() -> None:
    page = registry.page('flat-disks-converted')
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
        registry.page(name)
