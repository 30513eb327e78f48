# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

from __future__ import annotations

from importlib import metadata
import logging
import pathlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx import application

_ROOT = pathlib.Path(__file__).parents[2]
# The API is that of the tree, whatever is installed.
sys.path.insert(0, str(_ROOT))

project = 'nova-cow-check'
_metadata = metadata.metadata(project)
version = release = _metadata['Version']
author = _metadata['Author']
copyright = f'{author}. Apache License 2.0'

extensions = ['sphinx.ext.autodoc']
highlight_language = 'ini'
# It would make one dash of the two before an option.
smartquotes = False
python_use_unqualified_type_names = True

# Not that of docs.openstack.org: this is no official documentation.
html_theme = 'furo'
html_title = f'nova-cow-check {version}'


def _release_notes() -> str:
    """Return what reno makes of git's history, or made for the sdist."""
    changelog = _ROOT / 'CHANGELOG.rst'
    if changelog.exists():
        return changelog.read_text()
    from dulwich import errors
    from reno import config
    from reno import formatter
    from reno import loader

    # It tells of each note that it reads.
    logging.getLogger('reno').setLevel(logging.WARNING)
    options = config.Config(str(_ROOT))
    options.override(unreleased_version_title=release)
    try:
        with loader.Loader(options) as notes:
            text: str = formatter.format_report(
                notes, options, notes.versions, 'Release notes', False
            )
            return text
    except errors.NotGitRepository:
        # Such as an archive of a commit; the notes are there as they are.
        return ''


def _add_release_notes(
    _sphinx: application.Sphinx, name: str, content: list[str]
) -> None:
    if name == 'release-notes':
        content[0] = _release_notes() or content[0]


def setup(sphinx: application.Sphinx) -> None:
    """Have the page of the release notes made anew each time."""
    sphinx.connect('source-read', _add_release_notes)
