# SPDX-License-Identifier: Apache-2.0

"""The colours of the page, as readers see them who are colour-blind.

Shapes and words say the same; colours are to be told apart all the same.
"""

from __future__ import annotations

import itertools
import re

import pytest

from tests.unit import fleets
from tests.unit.formats import test_html

_Colour = tuple[float, float, float]
_Matrix = tuple[_Colour, _Colour, _Colour]

#: How linear RGB is seen, for the whole of each deficiency. Machado, Oliveira
#: and Fernandes: A Physiologically-based Model for Simulation of Color Vision
#: Deficiency, 2009, table 1, severity 1.0.
EYES: dict[str, _Matrix] = {
    'usual': ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    'protanopia': (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    'deuteranopia': (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    'tritanopia': (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    'monochromacy': ((0.2126, 0.7152, 0.0722),) * 3,
}

#: Of linear RGB, to CIE XYZ with the white of D65 as 1.
_XYZ: _Matrix = (
    (0.433953, 0.376219, 0.189828),
    (0.212639, 0.715169, 0.072192),
    (0.017758, 0.109477, 0.872765),
)

#: CIE76; 2.3 is what can just be noticed side by side.
CLEAR = 20


def scheme(name: str) -> dict[str, str]:
    """Return the colours of the light or the dark scheme."""
    page = test_html.rendered(fleets.alike())
    light, dark, _paper = re.findall(r':root \{(.*?)\}', page, re.DOTALL)
    found = re.findall(
        r'--([a-z-]+): #([0-9a-f]{6});', light if name == 'light' else dark
    )
    return dict(found)


def through(matrix: _Matrix, colour: _Colour) -> _Colour:
    red, green, blue = (
        sum(factor * part for factor, part in zip(row, colour))
        for row in matrix
    )
    return red, green, blue


def linear(colour: str) -> _Colour:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in bytes.fromhex(colour))
    )
    return red, green, blue


def lab(colour: _Colour) -> _Colour:
    x, y, z = (
        part ** (1 / 3) if part > 216 / 24389 else part * 841 / 108 + 4 / 29
        for part in through(_XYZ, colour)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, eye: str) -> _Colour:
    red, green, blue = (
        min(max(part, 0), 1) for part in through(EYES[eye], linear(colour))
    )
    return lab((red, green, blue))


def difference(one: str, other: str, eye: str) -> float:
    pairs = zip(seen(one, eye), seen(other, eye))
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


#: What stands side by side, and with which eyes it is told apart. There are
#: too many parts of the bar for shades of grey.
MATRIX = ('success', 'warning', 'failure')
BAR = ('unread', 'failure', 'warning', 'sign-success', 'apart')
TOGETHER = [
    *((MATRIX, eye) for eye in EYES),
    *((BAR, eye) for eye in EYES if eye != 'monochromacy'),
]


@pytest.mark.parametrize(('together', 'eye'), TOGETHER)
@pytest.mark.parametrize('name', ['light', 'dark'])
def test_colours_can_be_told_apart(
    name: str, together: tuple[str, ...], eye: str
) -> None:
    colours = scheme(name)
    assert {
        (one, other): found
        for one, other in itertools.combinations(together, 2)
        for found in [difference(colours[one], colours[other], eye)]
        if found < CLEAR
    } == {}


def test_the_measure_is_that_of_the_literature() -> None:
    assert lab(linear('ffffff')) == pytest.approx((100, 0, 0), abs=0.1)
    # Red, as CIE L*a*b* has it under D65.
    assert lab(linear('ff0000')) == pytest.approx((53.2, 80.1, 67.2), abs=0.2)
    assert difference('ff0000', '807000', 'protanopia') < CLEAR
    assert difference('ff0000', '807000', 'usual') > 2 * CLEAR


def test_both_schemes_have_the_same_colours() -> None:
    assert set(scheme('light')) == set(scheme('dark'))
