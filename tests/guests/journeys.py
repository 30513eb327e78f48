# SPDX-License-Identifier: Apache-2.0

"""Guests, and the hosts that they are on in turn: what tests are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.guests import cloud
from tests.guests import fates
from tests.nova import cases

IMAGES = ('raw', 'qcow2')

#: Of guests whose fate is decided by fewer disks.
_FEWER_DISKS = (
    cloud.Flavor(ephemeral_gb=1),
    cloud.Flavor(swap=8),
    cloud.Flavor(),
)


class Journey(NamedTuple):
    """A guest that is made on a host, and what comes after that.

    The hosts may be one machine whose settings are changed.
    """

    image: str
    flavor: cloud.Flavor
    route: tuple[cases.Settings, ...]

    @property
    def hosts(self) -> tuple[backends.Behaviour, ...]:
        """What Nova goes by on each host."""
        return tuple(one.behaviour for one in self.route)

    @property
    def new(self) -> fates.Files:
        """Its disks on the first host, told from settings alone."""
        return {
            disk: operations.new(
                fates.kind_of(disk, self.image), self.hosts[0]
            )
            for disk in self.flavor.disks
        }

    def __str__(self) -> str:
        disks = ', '.join(disk.value for disk in self.flavor.disks)
        route = ', '.join(map(str, self.route))
        return f'{self.image} image, {disks}: {route}'


def moved(journey: Journey, is_shared: bool = False) -> fates.Files:
    """Return the disks when they have been moved from host to host."""
    files = journey.new
    for host in journey.hosts[1:]:
        files = {
            disk: operations.moved(file, host, is_shared)
            for disk, file in files.items()
        }
    return files


def restarted(journey: Journey) -> fates.Files:
    """Return the disks when the guest has been started with each settings."""
    files = journey.new
    for host in journey.hosts[1:]:
        files = {
            disk: operations.restarted(file, host)
            for disk, file in files.items()
        }
    return files


def table(
    routes: Iterable[tuple[cases.Settings, ...]],
    files: Callable[[Journey], fates.Files],
) -> list[Journey]:
    """Return guests with all disks, of both images, for each route.

    Where such a guest does not boot, those with fewer disks follow: they
    tell which of the disks keeps it from that.

    :param files: what becomes of its disks
    """
    whole, parts = [], []
    for route in routes:
        for image in IMAGES:
            journey = Journey(image, cloud.ALL_DISKS, route)
            whole.append(journey)
            if fates.told(files(journey)).how is not None:
                parts += [
                    journey._replace(flavor=flavor) for flavor in _FEWER_DISKS
                ]
    return whole + parts
