# SPDX-License-Identifier: Apache-2.0

"""Guests on their way from host to host."""

from __future__ import annotations

from collections.abc import Iterable

from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder

Route = tuple[cases.Settings, ...]


class Journeys:
    """Cold migrations, each of which is made once, and their outcome."""

    def __init__(
        self, cloud: harness.Cloud, its_intruder: intruder.Intruder
    ) -> None:
        self._cloud = cloud
        self._intruder = its_intruder
        self._arrived: dict[tuple[cases.Boot, Route], guests.Guest] = {}

    def fate(
        self, boot: cases.Boot, *route: cases.Settings
    ) -> dict[operations.Disk, operations.Harm]:
        """Return what the last move of a guest does to each of its disks.

        :param route: the hosts that it is moved to
        """
        guest = self._at_the_end(boot, route)
        self._cloud.visit(guest.host)
        names = guest.xml_formats()
        found = {name: fates.look_at(guest, name) for name in names}
        for name in self._read_by_intruder(boot, route):
            found[name] = operations.Harm.READS_HOST_FILES
        if len(route) > 1:
            # No test goes on from there.
            self._cloud.drop(self._arrived.pop((boot, route)))
        return {
            fates.disk_of(name, boot.image): harm
            for name, harm in found.items()
        }

    def _at_the_end(self, boot: cases.Boot, route: Route) -> guests.Guest:
        if not route:
            return self._cloud.boot(boot)
        if (boot, route) not in self._arrived:
            before = self._at_the_end(boot, route[:-1])
            copy = self._cloud.copy(before)
            moved = self._cloud.cold_migrate(copy, route[-1])
            self._cloud.drop(copy)
            self._cloud.keep(moved)
            self._arrived[boot, route] = moved
        return self._arrived[boot, route]

    def _read_by_intruder(
        self, boot: cases.Boot, route: Route
    ) -> Iterable[str]:
        """Return the disks that show a guest the secret that it is after.

        It writes its headers before the last move, wherever the XML says
        raw. QEMU can only believe them where the XML says qcow2 afterwards.
        """
        before = self._at_the_end(boot, route[:-1])
        after = self._at_the_end(boot, route).xml_formats()
        names = [
            name
            for name, xml in before.xml_formats().items()
            if xml is cases.RAW and after[name] is cases.QCOW2
        ]
        if not names:
            return []
        copy = self._cloud.copy(before)
        for name in names:
            self._intruder.write_header(copy, name)
        moved = self._cloud.cold_migrate(copy, route[-1])
        found = [n for n in names if self._intruder.reads_secret(moved, n)]
        self._cloud.drop(copy)
        self._cloud.drop(moved)
        return found
