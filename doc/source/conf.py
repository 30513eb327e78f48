# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

from importlib import metadata
import pathlib
import sys

# The API is that of the tree, whatever is installed.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

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
