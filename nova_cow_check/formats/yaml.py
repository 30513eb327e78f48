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


"""A report as YAML: the data of the JSON format, in ASCII."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from nova_cow_check.formats import data
from nova_cow_check.formats import interface
from nova_cow_check import report


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document that report-1.schema.json describes."""
    yield yaml.safe_dump(data.of(whole), explicit_start=True, sort_keys=False)
