# SPDX-License-Identifier: Apache-2.0

"""The shape of the house: rooms, and imports that point downwards only."""

from __future__ import annotations

import ast
import collections
from collections.abc import Iterable, Mapping
import graphlib
import pathlib

import pytest

import nova_cow_check

PACKAGE = pathlib.Path(nova_cow_check.__file__).parent

#: What every room may use.
GROUND_FLOOR = ('_i18n', 'addresses', 'errors', 'host_names', 'printing')

#: A room is a folder, or a module that stands alone. It imports only rooms
#: before it; which of its own modules it imports is not looked at, but for
#: circles.
ROOMS = (
    'nova',
    'guests',
    'settings',
    'rules',
    'reports',
    'document',
    'deployment',
    'sources',
    'fixer',
    'formats',
    'replacing',
    'checks',
    'cmd',
    '__main__',
)

#: Lines of a function, at most.
LONGEST_FUNCTION = 50

MODULES = {
    '.'.join(path.relative_to(PACKAGE).with_suffix('').parts): path
    for path in sorted(PACKAGE.rglob('*.py'))
}

HOUSE = tuple(name for name in MODULES if not name.endswith('__init__'))


def room_of(module: str) -> str:
    return module.partition('.')[0]


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


def imported(module: str) -> set[str]:
    """Return the modules of this package that a module imports."""
    found = set()
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            parent, _dot, rest = node.module.partition('.')
            if parent == 'nova_cow_check':
                for alias in node.names:
                    found.add('.'.join(filter(None, [rest, alias.name])))
    # "from nova_cow_check._i18n import _" names a function.
    return {'_i18n' if name == '_i18n._' else name for name in found}


def has_circle(graph: Mapping[str, Iterable[str]]) -> bool:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError:
        return True
    return False


def test_every_module_is_in_a_room() -> None:
    rooms = {room_of(module) for module in HOUSE}
    assert rooms == {*GROUND_FLOOR, *ROOMS}


@pytest.mark.parametrize('module', HOUSE)
def test_rooms_import_downwards(module: str) -> None:
    room = room_of(module)
    floors = [*GROUND_FLOOR, *ROOMS]
    below = GROUND_FLOOR
    if room not in GROUND_FLOOR:
        below = floors[: floors.index(room) + 1]
    used = imported(module)
    assert used <= set(HOUSE)
    assert {room_of(one) for one in used} <= set(below)


def test_the_ground_floor_is_a_floor() -> None:
    graph = {module: imported(module) for module in GROUND_FLOOR}
    assert not has_circle(graph)


@pytest.mark.parametrize('room', ROOMS)
def test_no_circle_in_a_room(room: str) -> None:
    graph = {
        module: {one for one in imported(module) if room_of(one) == room}
        for module in HOUSE
        if room_of(module) == room
    }
    assert not has_circle(graph)


def test_a_circle_would_be_found() -> None:
    assert has_circle({'a': ['b'], 'b': ['c'], 'c': ['a']})


def test_no_two_modules_have_one_name() -> None:
    names = collections.Counter(one.rpartition('.')[2] for one in HOUSE)
    rooms = collections.Counter({room_of(module) for module in HOUSE})
    alone = collections.Counter(one for one in HOUSE if '.' not in one)
    both = names + rooms - alone
    assert [name for name, times in both.items() if times > 1] == []


@pytest.mark.parametrize('module', sorted(MODULES))
def test_no_function_is_long(module: str) -> None:
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.FunctionDef)
    }
    assert [
        n for n, lines in lengths.items() if lines > LONGEST_FUNCTION
    ] == []


@pytest.mark.parametrize('module', sorted(MODULES))
def test_a_file_begins_with_its_licence_and_what_it_is_for(
    module: str,
) -> None:
    text = MODULES[module].read_text()
    first, _break, rest = text.partition('\n')
    assert first == '# SPDX-License-Identifier: Apache-2.0'
    assert rest.startswith('\n"""') or not rest


@pytest.mark.parametrize('module', HOUSE)
def test_only_nova_cow_status_imports_nova_and_only_when_it_runs(
    module: str,
) -> None:
    anywhere = set(ast.walk(parsed(module)))
    in_functions = {
        node
        for function in anywhere
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    if module == 'cmd.status':
        anywhere -= in_functions
    assert not any(map(imports_nova, anywhere))


def imports_nova(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or '']
    else:
        return False
    return 'nova' in [name.split('.')[0] for name in names]


@pytest.mark.parametrize('module', HOUSE)
def test_only_the_edges_touch_files_and_only_cmd_prints(module: str) -> None:
    calls = {
        node.func.id
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if room_of(module) not in ('sources', 'replacing'):
        assert 'open' not in calls
    if room_of(module) != 'cmd':
        assert 'print' not in calls
