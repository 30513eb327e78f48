# SPDX-License-Identifier: Apache-2.0

"""How wide a stream is, and whether it has colours."""

from __future__ import annotations

import io

import pytest

from nova_cow_check.cmd import screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


PIPE = io.StringIO()

#: What is there, and whether there are colours: with auto, always, never.
COLOURS = {
    'a terminal': (Terminal(), {}, (True, True, False)),
    'empty NO_COLOR': (Terminal(), {'NO_COLOR': ''}, (True, True, False)),
    'NO_COLOR': (Terminal(), {'NO_COLOR': '0'}, (False, True, False)),
    'dumb': (Terminal(), {'TERM': 'dumb'}, (False, True, False)),
    'a pipe': (PIPE, {}, (False, True, False)),
    'closed': (None, {}, (False, True, False)),
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('NO_COLOR', raising=False)
    monkeypatch.setenv('TERM', 'xterm')
    monkeypatch.setenv('COLUMNS', '80')


@pytest.mark.parametrize('name', COLOURS)
def test_colours_are_for_who_wants_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, environment, expected = COLOURS[name]
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    found = tuple(
        screen.of(stream, colour).has_colour
        for colour in ('auto', 'always', 'never')
    )
    assert found == expected
    assert screen.of(stream).is_terminal is isinstance(stream, Terminal)


@pytest.mark.parametrize(
    'columns, width',
    [('1', 40), ('40', 40), ('64', 64), ('100', 100), ('250', 100)],
)
def test_a_terminal_tells_its_width_and_a_pipe_has_none(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('COLUMNS', columns)
    assert screen.of(Terminal()).width == width
    assert screen.of(PIPE).width == 80
    assert screen.of(None, 'always').width == 80


def test_a_file_is_plain_unless_colours_are_asked_for() -> None:
    assert screen.of_file() == screen.Surface()
    assert screen.of_file().is_plain
    assert screen.of_file('never') == screen.Surface()
    assert screen.of_file('always') == screen.Surface(has_colour=True)
    assert not screen.of_file('always').is_plain


def test_a_terminal_without_colours_is_not_plain() -> None:
    assert not screen.of(Terminal(), 'never').is_plain
