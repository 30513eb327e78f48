# SPDX-License-Identifier: Apache-2.0

"""CHANGELOG.rst is what the release notes make of it."""

from __future__ import annotations

from importlib import util
import pathlib
import sys
from typing import Any

import pytest

import nova_cow_check
from tests.functional import manual
from tests.package import building

SCRIPT = manual.ROOT / 'releasenotes' / 'changelog.py'

CHANGELOG = (manual.ROOT / 'CHANGELOG.rst').read_text()


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that the script is."""
    monkeypatch.setattr(sys, 'path', [*sys.path])
    spec = util.spec_from_file_location('changelog', SCRIPT)
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_up_to_date(script: Any) -> None:
    hint = 'run tox -e releasenotes'
    assert script.written(CHANGELOG) == CHANGELOG, hint


def test_every_note_is_in_it() -> None:
    notes = sorted((manual.ROOT / 'releasenotes' / 'notes').iterdir())
    assert notes
    assert [n.name for n in notes if f'/{n.name}\n' not in CHANGELOG] == []


def test_it_is_made_anew_without_git(
    tree: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tree / 'CHANGELOG.rst'
    path.write_text('')
    words = [sys.executable, '-B', tree / 'releasenotes' / 'changelog.py']
    building.run(words, tmp_path)
    assert path.read_text() == CHANGELOG


def test_a_later_version_leaves_earlier_ones_as_they_are(
    script: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    notes = tmp_path / 'releasenotes' / 'notes'
    notes.mkdir(parents=True)
    monkeypatch.setattr(script, 'ROOT', tmp_path)
    first, second = notes / 'a-0123456789abcdef.yaml', notes / 'b-0123.yaml'
    first.write_text('features:\n  - |\n    The first.\n')
    monkeypatch.setattr(nova_cow_check, '__version__', '1.0.0')
    earlier = script.written('')
    # Nobody changes by accident what was published.
    first.write_text('features:\n  - |\n    Another one.\n')
    second.write_text('fixes:\n  - |\n    The second.\n')
    monkeypatch.setattr(nova_cow_check, '__version__', '1.1.0')
    now = script.written(earlier)
    title, _section, rest = earlier.partition('.. _Changes_1.0.0:')
    assert now.startswith(f'{title}.. _Changes_1.1.0:')
    assert now.endswith('.. _Changes_1.0.0:' + rest)
    assert now.count('The second.') == now.count('The first.') == 1
    assert 'Another one.' not in now
    assert script.written(now) == now
