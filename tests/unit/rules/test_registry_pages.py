# SPDX-License-Identifier: Apache-2.0

"""The page of a rule, as the package has it."""

from __future__ import annotations

import pytest

from nova_cow_check.rules import registry


def test_a_page_in_its_parts() -> None:
    page = registry.page('flat-disks-converted')
    # Two lines of the page.
    assert page.summary == (
        'A resize or cold migration to this host converts raw disks to '
        'qcow2: guests never boot, yet are ACTIVE.'
    )
    assert page.text.startswith('flat-disks-converted\n====')
    assert page.text.endswith('#DEFAULT.use_cow_images\n')


@pytest.mark.parametrize('name', ['flat', '', '../pages/invalid-setting.rst'])
def test_no_such_page(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        registry.page(name)


GERMAN = {
    # A piece of the page, its line break included.
    'The compute driver is one that Nova has removed, and that needs\n'
    'use_cow_images until then.': 'Diesen Treiber\nhat Nova nicht mehr.',
    '* The rule holds as long as the host has this driver.\n'
    '* Retire the host, or keep it on a release that has the driver.\n'
    '* The options of the libvirt driver, such as images_type, do not apply '
    'here.': '* Der Host ist auszumustern.',
    'driver-removed\n==============': 'not this one',
}


def test_a_page_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    english = registry.page('driver-removed').text
    monkeypatch.setattr(registry, '_', lambda text: GERMAN.get(text, text))
    page = registry.page('driver-removed')
    assert page.summary == 'Diesen Treiber hat Nova nicht mehr.'
    title, summary, *others = page.text.split('\n\n')
    assert title == 'driver-removed\n=============='
    assert summary == 'Diesen Treiber\nhat Nova nicht mehr.'
    assert '* Der Host ist auszumustern.' in others
    assert page.text.endswith('/victoria.html\n')
    # What is in no catalogue stays as it is.
    kept = english.split('\n\n')[2:]
    assert [one for one in kept if one not in others] == [list(GERMAN)[1]]


@pytest.mark.parametrize('name', registry.RULES)
def test_no_piece_of_a_page_is_empty(name: str) -> None:
    # A catalogue has its own head where the empty message would be.
    assert '\n\n\n' not in registry.page(name).text
