# SPDX-License-Identifier: Apache-2.0

"""The wheel has what runs, and no more; tests/ansible looks at share."""

from __future__ import annotations

from email import message
from email import parser
import pathlib
import re
import shutil
import sys
import zipfile

import pytest

import nova_cow_check
from nova_cow_check import addresses
from tests.package import building

DATA = f'{building.NAME}.data/data/'
INFO = f'{building.NAME}.dist-info/'


@pytest.fixture
def names(wheel: pathlib.Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture
def metadata(wheel: pathlib.Path) -> message.Message:
    return read(wheel)


def read(wheel: pathlib.Path) -> message.Message:
    """Return what an index would show of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f'{INFO}METADATA').decode()
    return parser.Parser().parsestr(text)


def test_it_has_the_package(names: set[str], tree: pathlib.Path) -> None:
    expected = {
        f'nova_cow_check/{name}'
        for name in building.files_in(tree / 'nova_cow_check')
    }
    outside = {n for n in names if not n.startswith((DATA, INFO))}
    assert outside == expected


@pytest.mark.parametrize(
    'pattern',
    [
        'nova_cow_check/py.typed',
        r'nova_cow_check/document/report-1\.schema\.json',
        r'nova_cow_check/formats/templates/report\.html\.j2',
        r'nova_cow_check/formats/templates/report\.css',
        r'nova_cow_check/rules/pages/backend-changed\.rst',
        r'.*\.dist-info/(licenses/)?LICENSE',
    ],
)
def test_it_has(pattern: str, names: set[str]) -> None:
    assert any(re.fullmatch(pattern, name) for name in names)


def test_indexes_take_both(sdist: pathlib.Path, wheel: pathlib.Path) -> None:
    words = [sys.executable, '-m', 'twine', '--no-color', 'check', '--strict']
    said = building.run([*words, sdist, wheel], wheel.parent)
    assert said.count('PASSED') == 2


def test_it_tells_the_version(metadata: message.Message) -> None:
    assert metadata['Version'] == nova_cow_check.__version__


def test_it_has_no_address_that_is_not_set(metadata: message.Message) -> None:
    labelled = metadata.get_all('Project-URL', [])
    shown = [
        f'{label}, {url}' for label, url in addresses.project_urls().items()
    ]
    assert labelled == shown


def test_it_has_addresses_that_are_set(
    tree: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / 'tree'
    shutil.copytree(tree, copy)
    path = copy / 'nova_cow_check' / 'addresses.py'
    words = re.compile(r"^(PROJECT|DOCUMENTATION|TRACKER) = '.*'$", re.M)
    content, times = words.subn(
        r"\1 = 'https://\1.example/'", path.read_text()
    )
    assert times == 3
    path.write_text(content)
    built = building.build(copy, 'wheel', tmp_path / 'built')
    assert read(built).get_all('Project-URL') == [
        'Homepage, https://PROJECT.example/',
        'Documentation, https://DOCUMENTATION.example/',
        'Issues, https://TRACKER.example/',
    ]
