# SPDX-License-Identifier: Apache-2.0

"""--config-file and --config-dir, in the order of the command line."""

from __future__ import annotations

import pytest

from nova_cow_check import errors
from nova_cow_check.sources import arguments


def parser() -> arguments.ArgumentsParser:
    made = arguments.ArgumentsParser(add_help=False)
    arguments.add_arguments(made)
    return made


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        ('', ()),
        ('--config-file a', ((False, 'a'),)),
        ('--config-dir=a', ((True, 'a'),)),
        (
            '--config-dir a --config-file=b --config-dir a --config-file c',
            ((True, 'a'), (False, 'b'), (True, 'a'), (False, 'c')),
        ),
    ],
)
def test_places_keep_their_order(
    line: str, expected: tuple[tuple[bool, str], ...]
) -> None:
    for places in (
        parser().parse_args(line.split()).places,
        arguments.given(line.split()),
    ):
        assert [place[:2] for place in places] == list(expected)
        assert not any(place.keeps_defaults for place in places)


@pytest.mark.parametrize(
    'line', ['--config-file', '--config-dir', '--banana', 'banana']
)
def test_a_usage_error_does_not_exit(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(errors.UsageError, match=line):
        parser().parse_args(line.split())
    assert capsys.readouterr() == ('', '')


def test_parsers_share_nothing() -> None:
    one = parser()
    one.parse_args(['--config-file', 'a'])
    assert one.parse_args([]).places == []
