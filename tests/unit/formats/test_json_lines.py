# SPDX-License-Identifier: Apache-2.0

"""The lines of a JSON document are those that json.dumps makes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nova_cow_check.formats import json as json_format

_LEAVES = st.none() | st.booleans() | st.integers() | st.text()

DATA = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(DATA)
def test_the_same_as_json(data: Any) -> None:
    assert json_format.indented(data) == json.dumps(data, indent=2)
