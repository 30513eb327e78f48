# SPDX-License-Identifier: Apache-2.0

"""Hosts that have been seen to share instances_path, and how to say so."""

from __future__ import annotations

from collections.abc import Mapping
import sys

import pytest

from nova_cow_check.reports import audit
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.reports import sharing
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_guests

NFS = sample_guests.NFS
GROUPS = (host_groups.Group('edge 1', ('edge*',)),)


def looked_at(
    file_system: str | None = NFS, path: str = '/nova'
) -> audit.Audit:
    return sample_guests.audit_of(
        (), file_system=file_system, instances_path=path
    )


def proposed(
    found: Mapping[str, audit.Guests | None],
    groups: tuple[host_groups.Group, ...] = (),
    shared: tuple[str, ...] = (),
    conf: str = fleets.QCOW2,
) -> tuple[sharing.Proposal, ...]:
    read = [
        report.ReadHost(name, hosts.host(conf).settings(), guests=guests)
        for name, guests in found.items()
    ]
    return sharing.of(fleet.compare(read, groups, shared))


def test_hosts_with_one_export_are_proposed() -> None:
    found = proposed({'c10': looked_at(), 'c9': looked_at(), 'c8': None})
    assert found == (
        sharing.Proposal('', NFS, '/nova', ('c9', 'c10'), 3, '--shared'),
    )


@pytest.mark.parametrize(
    'others',
    [
        {},
        {'c2': None},
        {'c2': audit.NotLooked('Not looked at.')},
        # It is not known what it has.
        {'c2': looked_at(None)},
        {'c2': looked_at('nfs2:/export/nova')},
        {'c2': looked_at(path='/var/lib/nova/instances')},
        # Devices have one name on every host.
        {'c2': looked_at('/dev/sda1')},
        {'c2': looked_at(), 'c3': looked_at('/dev/sda1')},
    ],
)
def test_nothing_is_proposed_unless_all_agree(
    others: dict[str, audit.Guests | None],
) -> None:
    assert proposed({'c1': looked_at(), **others}) == ()


def test_two_hosts_with_one_device_share_nothing() -> None:
    one = looked_at('/dev/sda1')
    assert proposed({'c1': one, 'c2': one}) == ()


def test_the_option_names_the_group() -> None:
    found = proposed(
        {name: looked_at() for name in ('c1', 'c2', 'edge1', 'edge2')}, GROUPS
    )
    assert [(one.group, one.option) for one in found] == [
        ('', "--group 'shared=c[1-2]' --shared=shared"),
        ('edge 1', "--shared='edge 1'"),
    ]


@pytest.mark.parametrize(
    'shared, groups',
    [([''], ['edge 1']), (['edge 1'], ['']), (['', 'edge 1'], [])],
)
def test_what_was_said_is_not_proposed(
    shared: list[str], groups: list[str]
) -> None:
    found = proposed(
        {name: looked_at() for name in ('c1', 'c2', 'edge1', 'edge2')},
        GROUPS,
        tuple(shared),
    )
    assert [one.group for one in found] == groups


def test_hosts_that_are_not_compared_tell_nothing() -> None:
    ironic = hosts.nova_conf(compute_driver='ironic.IronicDriver')
    found = {'c1': looked_at(), 'c2': looked_at()}
    assert proposed(found, conf=ironic) == ()


def test_nothing_of_guests_is_loaded_where_nobody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(
        sys.modules, 'nova_cow_check.reports.shared_storage', None
    )
    assert proposed({'c1': None, 'c2': None}) == ()
