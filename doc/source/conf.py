# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

import pathlib
import sys

# The API and the version are those of the tree, whatever is installed.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

import nova_cow_check

project = 'nova-cow-check'
author = 'The nova-cow-check developers'
version = release = nova_cow_check.__version__
copyright = f'{author}. Apache License 2.0'

extensions = ['sphinx.ext.autodoc']
highlight_language = 'ini'
# It would make one dash of the two before an option.
smartquotes = False
python_use_unqualified_type_names = True

# Not that of docs.openstack.org: this is no official documentation.
html_theme = 'furo'
html_title = f'nova-cow-check {version}'
