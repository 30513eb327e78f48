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

"""The style sheet of the page that a report can be, which the package has."""

from __future__ import annotations

from importlib import resources


def read() -> str:
    """Read the style sheet: ASCII, without anything to escape in HTML."""
    sheet = resources.files('nova_cow_check.formats') / 'html.css'
    return sheet.read_text(encoding='ascii')
