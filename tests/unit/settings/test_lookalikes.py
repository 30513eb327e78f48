# SPDX-License-Identifier: Apache-2.0

"""Lines that were meant as an option: in a wrong group, or misspelt."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.nova import opts
from nova_cow_check.settings import lookalikes

MISTAKES = lookalikes.Mistake


@pytest.mark.parametrize(
    'group, name, option, mistake',
    [
        ('DEFAULT', 'images_type', opts.IMAGES_TYPE, MISTAKES.WRONG_GROUP),
        (
            'default',
            'use_cow_images',
            opts.USE_COW_IMAGES,
            MISTAKES.DEFAULT_GROUP_CASE,
        ),
        ('default', 'images_type', opts.IMAGES_TYPE, MISTAKES.WRONG_GROUP),
        (
            'DEFAULT',
            'FORCE-RAW-IMAGES',
            opts.FORCE_RAW_IMAGES,
            MISTAKES.SPELLING,
        ),
        (
            'DEFAULT',
            'libvirt_images_type',
            opts.IMAGES_TYPE,
            MISTAKES.LEGACY_NAME,
        ),
        ('libvirt', 'image_type', opts.IMAGES_TYPE, MISTAKES.SIMILAR_NAME),
        *(
            (group, name, opts.WAIVERS_FILE, MISTAKES.OWN_OPTION)
            for group, name in (
                ('nova_cow_check', 'waiver_file'),
                ('nova_cow_check', 'waivers'),
                ('nova_cow_check', 'waiver_list'),
                ('nova_cow_check', 'waivers-file'),
                ('nova_cow_check', 'Waivers_File'),
                ('nova_cow_check', 'wavers_file'),
                ('nova-cow-check', 'waivers_file'),
                ('DEFAULT', 'waivers_file'),
                ('libvirt', 'waivers_file'),
            )
        ),
    ],
)
def test_recognized(
    group: str,
    name: str,
    option: opts.Option,
    mistake: lookalikes.Mistake,
) -> None:
    assert lookalikes.recognize(group, name) == (option, mistake)


@pytest.mark.parametrize('option', [*opts.OPTIONS, opts.WAIVERS_FILE], ids=str)
def test_the_option_itself_is_not(option: opts.Option) -> None:
    assert lookalikes.recognize(option.group, option.name) is None


@given(st.sampled_from(['DEFAULT', 'libvirt', 'api']), st.text(max_size=20))
def test_any_name_can_be_looked_at(group: str, name: str) -> None:
    lookalikes.recognize(group, name)


@given(st.sampled_from(opts.OPTIONS), st.data())
def test_a_missing_letter_is_recognized(
    option: opts.Option, data: st.DataObject
) -> None:
    missing = data.draw(st.integers(0, len(option.name) - 1))
    name = option.name[:missing] + option.name[missing + 1 :]
    found = lookalikes.recognize(option.group, name)
    assert found == (option, MISTAKES.SIMILAR_NAME)


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """Return the name of an option with letters changed, or none."""
    letters = list(
        draw(st.sampled_from([opts.WAIVERS_FILE, *opts.OPTIONS])).name
    )
    for _edit in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(letters)))
        end = start + draw(st.integers(0, 2))
        letters[start:end] = draw(st.text('acimoprsuvw_-1', max_size=2))
    return ''.join(letters)


@given(misspelt())
def test_a_name_is_similar_if_difflib_says_so(name: str) -> None:
    """What is told without it is told right."""
    plain = name.replace('-', '_')
    expected = any(
        difflib.SequenceMatcher(a=plain, b=option.name).ratio() >= 0.9
        for option in opts.OPTIONS
    )
    found = lookalikes.recognize('DEFAULT', name)
    is_similar = found is not None and found[1] is MISTAKES.SIMILAR_NAME
    is_the_same = plain in {option.name for option in opts.OPTIONS}
    assert is_similar == (expected and not is_the_same)
    elsewhere = lookalikes.recognize('api', name)
    assert elsewhere is None or elsewhere[1] is not MISTAKES.SIMILAR_NAME


@given(misspelt() | st.text(max_size=20))
def test_a_name_may_be_meant_if_it_is_in_some_group(name: str) -> None:
    groups = ['DEFAULT', 'libvirt', 'default', 'nova_cow_check', 'api']
    is_meant = any(lookalikes.recognize(group, name) for group in groups)
    assert lookalikes.may_be_meant(name) == is_meant
