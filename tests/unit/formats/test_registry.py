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


from __future__ import annotations

from importlib import metadata

import pytest

from nova_cow_check import errors
from nova_cow_check.formats import registry


def test_every_format_that_is_registered_can_be_loaded() -> None:
    names = {
        entry_point.name
        for entry_point in metadata.distribution('nova-cow-check').entry_points
        if entry_point.group == registry.NAMESPACE
    }
    assert names >= {'text', 'json', 'yaml', 'junit', 'sarif', 'journal'}
    for name in names:
        assert callable(registry.load(name))


def test_an_unknown_one_names_those_that_are() -> None:
    with pytest.raises(errors.UsageError) as raised:
        registry.load('xml\n')
    message = str(raised.value)
    assert message.startswith('there is no format xml...; there are ')
    for name in ('json', 'text', 'yaml'):
        assert name in message


@pytest.mark.parametrize(
    ('error', 'reason'),
    [
        (ModuleNotFoundError("No module named 'x'"), "No module named 'x'"),
        # Of this one, nobody knows what it quotes.
        (ValueError('S3cr3t'), 'ValueError'),
    ],
)
def test_one_that_cannot_be_loaded_says_why(
    error: Exception, reason: str
) -> None:
    message = str(registry.FormatNotUsable('text', error))
    assert message == f'the format text cannot be loaded: {reason}'
