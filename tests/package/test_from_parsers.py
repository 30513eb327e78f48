# SPDX-License-Identifier: Apache-2.0

"""What is made of the parsers is what the package has.

After a change of a command line, write it anew with
``UPDATE_SHARE=1 pytest tests/package/test_from_parsers.py``, read the diff,
and run the tests again.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import manual

SHARE = manual.ROOT / 'share'

#: Where the kinds of files are, below share.
PLACES = {
    'bash-completion/completions': '*',
    'fish/vendor_completions.d': '*',
    'man/man1': '*',
    'zsh/site-functions': '*',
}


def generate(directory: pathlib.Path, home: pathlib.Path, **more: str) -> None:
    """Write everything below a directory."""
    subprocess.run(
        [sys.executable, '-m', 'tests.package.from_parsers', str(directory)],
        # In English, whatever the locale is.
        env=conftest.environment(home, **more),
        cwd=manual.ROOT,
        check=True,
    )


def read(directory: pathlib.Path) -> dict[str, str]:
    """Return the files of all kinds below a directory."""
    return {
        str(path.relative_to(directory)): path.read_text()
        for place, pattern in PLACES.items()
        for path in (directory / place).glob(pattern)
    }


@pytest.mark.parametrize('columns', ['40', '200'])
def test_the_files_are_those_of_the_parsers(
    columns: str, tmp_path: pathlib.Path
) -> None:
    if os.environ.get('UPDATE_SHARE'):
        generate(SHARE, tmp_path)
        pytest.skip('share is written anew: read the diff')
    generate(tmp_path / 'share', tmp_path, COLUMNS=columns)
    made = read(tmp_path / 'share')
    assert made
    assert read(SHARE) == made
