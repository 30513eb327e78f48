#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""The shape of the house: imports point downwards only."""

from __future__ import annotations

import ast
import pathlib

import pytest

import nova_cow_check

PACKAGE = pathlib.Path(nova_cow_check.__file__).parent

#: A module may import those before it.
ORDER = """
    _i18n text names errors opts origins waivers configuration lookalikes
    settings backends disk_files pairs passages drivers findings describe edits
    rules.rule rules.image_backend rules.moves rules.invalid_setting
    rules.ignored_setting rules.image_settings rules.unreadable_configuration
    rules.mixed rules.registry
    behaviour verdict details report domains groups matrix
    sources.pages
    formats.interface formats.style formats.paragraphs formats.group_words
    formats.move_words formats.summary formats.alike
    formats.text_groups formats.text_moves formats.text_unread
    formats.text_fleet formats.text
    formats.data_parts formats.data_host formats.data_fleet formats.data
    formats.json formats.yaml formats.journal formats.junit formats.sarif
    formats.html_elements formats.html_marks formats.html_names
    formats.html_bar formats.html_summary formats.html_head
    formats.html_findings formats.html_groups formats.html_unread
    formats.html_matrix formats.html_moves formats.html formats.registry
    sources.root sources.files sources.arguments sources.places sources.host
    sources.nova_status sources.running sources.loaded
    sources.links
    sources.waiver_parser sources.waiver_file
    sources.json_values sources.shown_texts sources.told_values
    sources.told_findings sources.told_lookalikes sources.told_settings
    sources.earlier sources.excerpt sources.collected sources.collection
    sources.workers sources.copies outputs
    fixer.lines fixer.proof fixer.plan
    replacing.attributes replacing.interruptions replacing.targets
    replacing.temporaries replacing.backups replacing.writing
    deployment.wanted deployment.pages deployment.juju
    deployment.ini_overrides deployment.yaml_overrides deployment.config_map
    deployment.tools deployment.overrides
    checks plugins cmd.guard cmd.upgrade cmd.status
    cmd.vocabulary cmd.command_line
    cmd.catalogue cmd.host cmd.fleet cmd.report
    cmd.fix cmd.main
""".split()

MODULES = {
    '.'.join(path.relative_to(PACKAGE).with_suffix('').parts): path
    for path in PACKAGE.rglob('*.py')
    if path.name != '__init__.py'
}


def imported(path: pathlib.Path) -> set[str]:
    """Return the modules of this package that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            parent, _dot, rest = node.module.partition('.')
            if parent == 'nova_cow_check':
                for alias in node.names:
                    found.add('.'.join(filter(None, [rest, alias.name])))
    # "from nova_cow_check._i18n import _" names a function.
    return {'_i18n' if name == '_i18n._' else name for name in found}


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(MODULES)


@pytest.mark.parametrize('module', ORDER)
def test_imports_point_downwards(module: str) -> None:
    position = ORDER.index(module)
    above = imported(MODULES[module]) - set(ORDER[:position])
    assert above == set()


@pytest.mark.parametrize('module', ORDER)
def test_only_nova_cow_status_imports_nova_and_only_when_it_runs(
    module: str,
) -> None:
    tree = ast.parse(MODULES[module].read_text())
    anywhere = set(ast.walk(tree))
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


@pytest.mark.parametrize('module', ORDER)
def test_only_the_edges_touch_files_and_only_cmd_prints(module: str) -> None:
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(MODULES[module].read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if not module.startswith(('sources.', 'replacing.')):
        assert 'open' not in calls
    if not module.startswith('cmd.'):
        assert 'print' not in calls
