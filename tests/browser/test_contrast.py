# SPDX-License-Identifier: Apache-2.0

"""The contrast of every text, as a browser draws it."""

from __future__ import annotations

import pytest

from tests.browser import conftest
from tests.browser import pages

#: Web Content Accessibility Guidelines 2.2, success criteria 1.4.3, 1.4.11.
TEXT, SHAPE = 4.5, 3

#: Returns what has too little contrast: its colours, and what it is.
_TOO_LITTLE = """([selector, least]) => {
    const parts = colour => {
        const found = colour.match(/[\\d.]+/g).map(Number);
        return found.length == 3 ? [...found, 1] : found;
    };
    const luminance = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map(part => {
            part /= 255;
            return part <= 0.04045
                ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let one = element; one; one = one.parentElement) {
            const colour = parts(getComputedStyle(one).backgroundColor);
            if (colour[3] == 1) return colour;
            if (colour[3] != 0) throw new Error('half transparent');
        }
        throw new Error('no background');
    };
    const hasText = element => selector != '*' || [...element.childNodes]
        .some(node => node.nodeType == 3 && node.data.trim());
    const found = [];
    let measured = 0;
    for (const element of document.querySelectorAll(`body ${selector}`)) {
        if (!hasText(element) || !element.checkVisibility()) continue;
        if (element.closest('svg') && selector == '*') continue;
        const colour = parts(getComputedStyle(element).color);
        const [low, high] = [luminance(colour), luminance(behind(element))]
            .sort((a, b) => a - b);
        const contrast = (high + 0.05) / (low + 0.05);
        measured++;
        if (colour[3] != 1 || contrast < least)
            found.push([contrast.toFixed(2), element.outerHTML.slice(0, 60)]);
    }
    return [measured, found];
}"""


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize(
    ('selector', 'least'), [('*', TEXT), ('.shape', SHAPE)]
)
@pytest.mark.parametrize('name', pages.SMALL)
def test_everything_can_be_read(
    unfolded: conftest.Open,
    name: str,
    selector: str,
    least: float,
    scheme: str,
) -> None:
    page = unfolded(name, scheme=scheme)
    measured, found = page.evaluate(_TOO_LITTLE, [selector, least])
    assert measured > 0 and found == []


def test_too_little_contrast_is_found(shown: conftest.Open) -> None:
    page = shown('alike')
    page.evaluate(
        "document.querySelector('h1').style.color = 'rgb(140, 140, 140)'"
    )
    _measured, found = page.evaluate(_TOO_LITTLE, ['*', TEXT])
    assert ['3.08', '<h1 '] == [found[0][0], found[0][1][:4]]
