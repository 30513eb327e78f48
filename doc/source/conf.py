# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

import configparser
import pathlib

_setup_cfg = configparser.ConfigParser()
_setup_cfg.read(pathlib.Path(__file__).parents[2] / 'setup.cfg')

project = 'nova-cow-check'
author = _setup_cfg['metadata']['author']
version = release = _setup_cfg['metadata']['version']
copyright = f'{author}. Apache License 2.0'

extensions = ['sphinx.ext.autodoc']
highlight_language = 'ini'
# It would make one dash of the two before an option.
smartquotes = False
python_use_unqualified_type_names = True

# Not that of docs.openstack.org: this is no official documentation.
html_theme = 'furo'
html_title = f'nova-cow-check {version}'
