# SPDX-License-Identifier: Apache-2.0

"""Controllers for the tests of the role."""

from __future__ import annotations

import pathlib

import pytest

from tests.ansible import playbooks


@pytest.fixture
def controller(tmp_path: pathlib.Path) -> playbooks.Controller:
    """A controller without hosts."""
    return playbooks.Controller(tmp_path)
