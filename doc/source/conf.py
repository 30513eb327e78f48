# SPDX-License-Identifier: Apache-2.0

"""The configuration of Sphinx."""

import logging
import pathlib
import sys

# Nothing of the package has to be installed for its version.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

import nova_cow_check

project = 'nova-cow-check'
version = release = nova_cow_check.__version__

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
