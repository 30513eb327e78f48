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

from nova_cow_check import backends
from nova_cow_check import behaviour
from tests.unit import hosts


@pytest.mark.parametrize(
    ('written', 'expected'),
    [
        ({}, ('qcow2', True, True)),
        ({'use_cow_images': 'False'}, ('flat', False, True)),
        ({'images_type': 'raw'}, ('flat', True, True)),
        ({'images_type': 'rbd'}, ('rbd', True, True)),
        ({'force_raw_images': 'no'}, ('qcow2', True, False)),
        # Assumed to be libvirt, since a setting is written.
        (
            {'compute_driver': None, 'images_type': 'lvm'},
            ('lvm', True, True),
        ),
    ],
)
def test_of(
    written: dict[str, str | None], expected: tuple[str, bool, bool]
) -> None:
    found = behaviour.of(hosts.host(hosts.nova_conf(**written)).settings())
    assert found is not None
    backend, *others = expected
    assert found == (backends.Backend(backend), *others)


@pytest.mark.parametrize(
    'written',
    [
        {'compute_driver': None},
        {'compute_driver': 'custom.CustomDriver'},
        {'compute_driver': 'ironic.IronicDriver', 'images_type': 'qcow2'},
        {'compute_driver': 'hyperv.HyperVDriver', 'images_type': 'qcow2'},
        {'images_type': 'zfs'},
        {'force_raw_images': 'maybe', 'images_type': 'qcow2'},
    ],
)
def test_there_is_none(written: dict[str, str | None]) -> None:
    host = hosts.host(hosts.nova_conf(**written)).settings()
    assert behaviour.of(host) is None
    reasons = [
        behaviour.why_not_judged(host),
        behaviour.why_it_does_not_apply(host),
    ]
    assert len([reason for reason in reasons if reason]) == 1


def test_a_controller_is_told_where_to_check() -> None:
    host = hosts.host('[api]\nauth_strategy = keystone\n').settings()
    reason = behaviour.why_it_does_not_apply(host)
    assert "not a compute service's configuration" in reason
    assert 'Run nova-cow-check upgrade check on each compute host' in reason
