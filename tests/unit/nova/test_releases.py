# SPDX-License-Identifier: Apache-2.0

"""What the number of a release tells."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import releases

#: Version -> whether CVE-2026-24708 is in it, by its number.
VERSIONS = {
    '13.0.0': True,
    '28.3.1': True,
    '29.2.1.dev7': True,
    '29.999999.999999': True,
    '30.0.0.0rc1': True,
    '30.2.2': True,
    '30.2.99': True,
    '30.3.0': False,
    '30.3.0.dev3': True,
    '30.3.1.dev3': False,
    '31.2.1': True,
    '31.3.0': False,
    '31.10.0': False,
    '32.1.1': True,
    '32.2.0': False,
    '32.2.0rc2': True,
    '32.2.0~b1': True,
    '32.2.0.1': False,
    '32.2.0+git20260301.1': False,
    '33.0.0': False,
    '33.0.0.0rc1': True,
    '33.0.0~git2025112717': True,
    '34.0.0': False,
    '34.0.0.0b1': False,
    '100.0.0': False,
    # Of packages.
    '2:26.2.2-1~deb12u3': True,
    '3:32.2.0-0ubuntu1~cloud0': False,
    '1:27.5.1-0.20240207120000.abcdef0.el9': True,
    '1:33.0.0-0.1.0rc1.el9': True,
    '33.0.0-0.20260301010101.abcdef.el9': True,
    '1:33.0.0-1.el9': False,
}


@pytest.mark.parametrize('words', VERSIONS)
def test_what_is_fixed(words: str) -> None:
    release = releases.parse(words)
    assert release is not None
    assert release.guesses_formats is VERSIONS[words]


@pytest.mark.parametrize(
    'words',
    [
        '', '33', '33.0', 'v33.0.0', '33.0.x', '33.0.0 ', ' 33.0.0',
        '33.0.0\n', '33..0.0', '-1.0.0', '2026.1', '2026.1.0', '2015.1.0',
        'flamingo', '33.0.0/..', '33.0.0%', '33.0.0\x1b[2J', '33,0,0',
        '\N{FULLWIDTH DIGIT THREE}3.0.0', '33.0.0é', '1234:33.0.0',
        '33.0.0' + 'a' * 64, '33.0.' + '0' * 9,
    ],
)  # fmt: skip
def test_what_is_no_release(words: str) -> None:
    assert releases.parse(words) is None


def test_each_fix_is_the_first_of_its_branch() -> None:
    for major, first in releases.FIXED.items():
        assert first[0] == major
        before = first[0], first[1] - 1, 999
        assert releases.Release(before).guesses_formats
        assert not releases.Release(first).guesses_formats
        assert releases.Release(first, is_before=True).guesses_formats
