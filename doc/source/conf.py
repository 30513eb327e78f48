# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

import configparser
import logging
import pathlib

_setup_cfg = configparser.ConfigParser()
_setup_cfg.read(pathlib.Path(__file__).parents[2] / 'setup.cfg')

project = 'nova-cow-check'
version = release = _setup_cfg['metadata']['version']

extensions = ['openstackdocstheme']
templates_path = ['_templates']
highlight_language = 'ini'

html_theme = 'openstackdocs'
html_theme_options = {
    # Visits to copies of this documentation are nobody else's concern.
    'analytics_tracking_code': '',
    'display_badge': False,
}
# Its own ways to both need pbr, and a git repository with tags.
openstackdocs_auto_name = False
openstackdocs_auto_version = False


def _has_a_use(record: logging.LogRecord) -> bool:
    # The commit stands in links for bug reports, and there are none.
    return 'cannot get gitsha' not in record.getMessage()


# Without it, -W would refuse to build from anything but a git repository.
logging.getLogger('sphinx.openstackdocstheme.ext').addFilter(_has_a_use)
