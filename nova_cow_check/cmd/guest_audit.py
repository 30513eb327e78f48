# SPDX-License-Identifier: Apache-2.0

"""A look at the guests of this host, where a command line asks for it."""

from __future__ import annotations

import argparse
import os
from typing import NamedTuple

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check.cmd import this_host
from nova_cow_check import errors
from nova_cow_check.guests import inventory
from nova_cow_check import printing
from nova_cow_check.reports import audit
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import existing
from nova_cow_check.sources import guest_places
from nova_cow_check.sources import roots
from nova_cow_check.sources import search


class Wanted(NamedTuple):
    """What is to be looked at."""

    #: Directories of this host, None for those that Nova and libvirt have.
    instances_path: str | None = None
    domains: str | None = None
    #: Those in which nova-compute reads its configuration.
    surroundings: search.Surroundings | None = None
    #: Whether what they are was chosen by neither root nor nova.
    is_strangers: bool = False

    def look(
        self,
        conf: cfg.ConfigOpts,
        known: host_settings.ImageSettings,
        accepted: tuple[findings.Waiver, ...],
    ) -> audit.Guests:
        """Look at the guests of this host, and judge them.

        :param conf: what nova-compute goes by there
        :param known: the settings that are judged
        :param accepted: the waivers that are meant for the host
        """
        behaviour = verdict.behaviour_of(known)
        if behaviour is None:
            reason = verdict.why_not_judged(known)
            return audit.NotLooked(
                reason or verdict.why_it_does_not_apply(known), bool(reason)
            )
        try:
            found = self._read(conf)
        except errors.ConfigurationError as error:
            reason = _('Guests were not looked at: %s.')
            return audit.NotLooked(reason % printing.printable(str(error)))
        return audit.judge(found, behaviour, accepted)

    def _read(self, conf: cfg.ConfigOpts) -> inventory.Inventory:
        """Read all guests.

        :raises ConfigurationError: if it cannot be told where they are
        """
        if self.is_strangers:
            raise errors.ConfigurationError(
                _(
                    'for a process of a user other than root and nova, '
                    'nothing is read that it names'
                )
            )
        around = self.surroundings or search.own_surroundings()
        domains = guest_places.domains(self.domains, not around.root.is_own)
        cache = guest_places.image_cache(conf)
        return existing.read(
            self._instances(conf, around.root), domains, cache=cache
        )

    def _instances(
        self, conf: cfg.ConfigOpts, root: roots.Root
    ) -> existing.Place:
        """Return where the instances are, and what Nova calls that.

        :param root: that of nova-compute
        :raises ConfigurationError: if it cannot be told
        """
        here = self.instances_path
        try:
            name = guest_places.instances_path(conf)
        except errors.ConfigurationError:
            if here is None:
                raise
            name = os.path.abspath(here)
        if here is None:
            return existing.Place(name, root)
        return existing.Place(here, roots.Root(), name)


def wanted(options: argparse.Namespace, host: this_host.Host) -> Wanted:
    """Return what a command line asks for.

    :param host: what was loaded with the same options
    """
    return Wanted(
        options.instances_path,
        options.domains,
        host.surroundings,
        host.is_strangers,
    )
