# SPDX-License-Identifier: Apache-2.0

"""The documentation, as Sphinx builds it."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from tests.docs import pages

SOURCE = pathlib.Path(__file__).parents[2] / 'doc' / 'source'


@pytest.fixture(scope='session')
def site(tmp_path_factory: pytest.TempPathFactory) -> pages.Site:
    """What was built already, as DOCUMENTATION says, or is built here."""
    built = os.environ.get('DOCUMENTATION')
    if built:
        return pages.Site(pathlib.Path(built))
    target = tmp_path_factory.mktemp('html')
    command = ['-W', '--keep-going', '-q', str(SOURCE), str(target)]
    subprocess.run([sys.executable, '-m', 'sphinx', *command], check=True)
    return pages.Site(target)
