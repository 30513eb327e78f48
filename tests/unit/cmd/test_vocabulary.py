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


"""Words that the command line repeats, since their modules load slowly."""

from __future__ import annotations

from nova_cow_check.cmd import vocabulary
from nova_cow_check.deployment import tools
from nova_cow_check.formats import registry
from nova_cow_check.replacing import replacement
from nova_cow_check import report


def test_every_value_of_fail_on() -> None:
    values = tuple(one.value for one in report.FailOn)
    assert vocabulary.FAIL_ON == values


def test_every_deployment_tool() -> None:
    assert vocabulary.TOOLS == tuple(tools.TOOLS)


def test_the_group_of_formats() -> None:
    assert vocabulary.FORMATS == registry.NAMESPACE


def test_the_suffix_of_backups() -> None:
    assert vocabulary.BACKUP_SUFFIX == replacement.DEFAULT_SUFFIX
