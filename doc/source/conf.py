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
