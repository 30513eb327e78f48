# SPDX-License-Identifier: Apache-2.0

"""Words that the command line repeats, since their modules load slowly."""

from __future__ import annotations

from nova_cow_check.cmd import vocabulary
from nova_cow_check.deployment import tools
from nova_cow_check.formats import interface
from nova_cow_check.replacing import replacement
from nova_cow_check.reports import report


def test_every_value_of_fail_on() -> None:
    values = tuple(one.value for one in report.FailOn)
    assert vocabulary.FAIL_ON == values


def test_every_deployment_tool() -> None:
    assert vocabulary.TOOLS == tuple(tools.TOOLS)


def test_the_group_of_formats() -> None:
    assert vocabulary.FORMATS == interface.NAMESPACE


def test_the_suffix_of_backups() -> None:
    assert vocabulary.BACKUP_SUFFIX == replacement.DEFAULT_SUFFIX
