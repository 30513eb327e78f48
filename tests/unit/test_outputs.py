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

import pytest

from nova_cow_check import errors
from nova_cow_check import outputs


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        ('json', ('json', None)),
        ('json:-', ('json', None)),
        ('json:report.json', ('json', 'report.json')),
        ('json:/tmp/a:b', ('json', '/tmp/a:b')),
        ('json:./-', ('json', './-')),
    ],
)
def test_parse(words: str, expected: tuple[str, str | None]) -> None:
    assert outputs.Output.parse(words) == expected


@pytest.mark.parametrize('words', ['', ':', ':report.json', 'json:'])
def test_what_is_no_output(words: str) -> None:
    with pytest.raises(errors.UsageError, match='not FORMAT or FORMAT:FILE'):
        outputs.Output.parse(words)
