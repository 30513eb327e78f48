# SPDX-License-Identifier: Apache-2.0

"""What a rule is, and what several rules ask."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping
import enum
from typing import Final, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import addresses
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.nova import operations
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing


class Check(enum.Enum):
    """The rows of the upgrade check; the values never change."""

    IMAGE_SETTINGS = 'image-settings'
    IMAGE_BACKEND = 'image-backend'
    MOVES = 'resize-and-cold-migration'
    #: Only where guests are looked at.
    GUESTS = 'guests'


#: The rows that there always are.
SETTINGS_CHECKS = (Check.IMAGE_SETTINGS, Check.IMAGE_BACKEND, Check.MOVES)


#: "image format change during migration breaks instances".
BUG_OF_MOVES = 'https://bugs.launchpad.net/nova/+bug/2038898'

#: Every option of Nova, with its group, type and values.
NOVA_OPTIONS = (
    'https://docs.openstack.org/nova/latest/configuration/config.html'
)

_T = TypeVar('_T')

#: How many hosts exchange instances, by what Nova goes by on them.
Peers = Mapping[backends.Behaviour, int]


# These are no dataclasses: all of them are made at each start, and Python
# compiles the methods of a dataclass when it makes that.
class Rule:
    """A named condition.

    :param name: kebab-case; never renamed, never used for another condition
    :param reference: URL of what explains it best, outside this project;
        shown while the documentation has no address
    """

    def __init__(
        self,
        name: str,
        check: Check,
        severity: findings.Severity,
        reference: str,
    ) -> None:
        self.name: Final = name
        self.check: Final = check
        self.severity: Final = severity
        self.outside: Final = reference

    @property
    def reference(self) -> str:
        """URL of its page, or, while that has none, of another's."""
        return addresses.of_rule(self.name) or self.outside

    def finding(
        self,
        explanation: str,
        changes: Iterable[findings.Change],
        *places: parsing.Origin,
        alternative: findings.Alternative | None = None,
        outcome: operations.Outcome = operations.Outcome.BREAKS,
    ) -> findings.Finding:
        """Return a finding of this rule.

        :param outcome: what it can lead to
        """
        return findings.Finding(
            self.name,
            self.severity,
            places,
            explanation,
            findings.Replacement(tuple(changes)),
            alternative,
            is_unsafe=outcome is operations.Outcome.UNSAFE,
        )


class HostRule(Rule):
    """A rule about one host, and the function that looks for it.

    :param applies_to: kinds of drivers with which it can hold
    :param holds_without_compute_service: whether it can hold where nothing
        shows a compute service, which would read the defaults
    :param holds_beside_faults: whether it can hold where a value is faulty
        and none is proposed for it, so that nothing is known of what the
        host would do
    :param is_about_process: whether what ends it is a restart or an
        upgrade, and never a setting
    """

    def __init__(
        self,
        name: str,
        check: Check,
        severity: findings.Severity,
        reference: str,
        look: Callable[
            [Rule, host_settings.ImageSettings], Iterable[findings.Finding]
        ],
        applies_to: frozenset[drivers.Kind] = drivers.AS_LIBVIRT,
        holds_without_compute_service: bool = False,
        holds_beside_faults: bool = False,
        is_about_process: bool = False,
    ) -> None:
        super().__init__(name, check, severity, reference)
        self.look: Final = look
        self.applies_to: Final = applies_to
        self.holds_without_compute_service: Final = (
            holds_without_compute_service
        )
        self.holds_beside_faults: Final = holds_beside_faults
        self.is_about_process: Final = is_about_process

    def find(
        self, host: host_settings.ImageSettings
    ) -> tuple[findings.Finding, ...]:
        """Return the findings of this rule on a host."""
        if host.driver not in self.applies_to:
            return ()
        return tuple(self.look(self, host))


class FleetRule(Rule):
    """A rule about a host beside those that it exchanges instances with."""

    def __init__(
        self,
        name: str,
        check: Check,
        severity: findings.Severity,
        reference: str,
        look: Callable[
            [
                Rule,
                host_settings.ImageSettings,
                backends.Behaviour,
                Peers,
                bool,
            ],
            Iterable[findings.Finding],
        ],
    ) -> None:
        super().__init__(name, check, severity, reference)
        self.look: Final = look

    def find(
        self,
        host: host_settings.ImageSettings,
        own: backends.Behaviour,
        peers: Peers,
        is_shared: bool = False,
    ) -> tuple[findings.Finding, ...]:
        """Return the findings of this rule on a host.

        :param own: what Nova goes by on the host
        :param peers: the host itself is among them
        :param is_shared: whether they share instances_path
        """
        return tuple(self.look(self, host, own, peers, is_shared))


class ChangeRule(Rule):
    """A rule about a host beside what an earlier report tells of it.

    :param milder: what its findings can be instead, where a change is less
        bad
    """

    def __init__(
        self,
        name: str,
        check: Check,
        severity: findings.Severity,
        reference: str,
        look: Callable[
            [
                Rule,
                host_settings.ImageSettings,
                backends.Behaviour,
                backends.Behaviour,
                bool,
            ],
            Iterable[findings.Finding],
        ],
        milder: tuple[findings.Severity, ...] = (),
    ) -> None:
        super().__init__(name, check, severity, reference)
        self.look: Final = look
        self.milder: Final = milder

    def find(
        self,
        host: host_settings.ImageSettings,
        own: backends.Behaviour,
        earlier: backends.Behaviour,
        is_shared: bool = False,
    ) -> tuple[findings.Finding, ...]:
        """Return the findings of this rule on a host.

        :param own: what Nova goes by on the host
        :param earlier: what Nova went by then
        :param is_shared: whether it shares instances_path with others
        """
        return tuple(self.look(self, host, own, earlier, is_shared))


class GuestRule(Rule):
    """A rule about a guest; `guest_findings` looks for it.

    :param milder: what its findings can be instead, where a guest is less
        bad off
    """

    def __init__(
        self,
        name: str,
        check: Check,
        severity: findings.Severity,
        reference: str,
        milder: tuple[findings.Severity, ...] = (),
    ) -> None:
        super().__init__(name, check, severity, reference)
        self.milder: Final = milder


def is_compute_service(host: host_settings.ImageSettings) -> bool:
    """Return whether anything shows that a nova-compute reads this.

    The configuration of an API or a conductor has no compute_driver, and
    its defaults are read by no nova-compute.
    """
    is_none = host.driver is drivers.Kind.NONE
    return not is_none or host.evidence is not None


def behaviour_of(host: host_settings.ImageSettings) -> backends.Behaviour:
    """Return what the libvirt driver goes by, given settings without faults.

    `verdict.behaviour_of` tells for any settings.
    """
    images_type = host.images_type.value
    use_cow_images = host.use_cow_images.value
    force_raw_images = host.force_raw_images.value
    assert images_type is not None and use_cow_images is not None
    assert force_raw_images is not None
    return backends.Behaviour(
        backends.backend_of(images_type, use_cow_images),
        use_cow_images,
        force_raw_images,
    )


def arriving_disks(
    this: Rule,
    host: host_settings.ImageSettings,
    harm: operations.Harm,
    explanation: str,
) -> Iterator[findings.Finding]:
    """Yield a finding if some root disk that comes to a host meets a harm.

    It proposes the use_cow_images that goes with the backend.

    :param explanation: with the settings' names for `wording.by_name`
    """
    novas = behaviour_of(host)
    if all(one.effect is not harm for one in operations.arrivals(novas)):
        return
    use_cow_images = host.use_cow_images
    safe = operations.safe_use_cow_images(novas.backend)
    yield this.finding(
        explanation % wording.by_name(host)
        + ' '
        + existing_guests.after_fix(this.name),
        [findings.set_to(use_cow_images, safe)],
        use_cow_images.origin,
        host.images_type.origin,
        outcome=harm.outcome,
    )


def on_an_empty_host(
    changes: Iterable[findings.Change], effect: str
) -> findings.Alternative:
    """Return settings that make a host as those it exchanges instances with.

    Disks that exist would be taken for what they are not.

    :param effect: what becomes of guests that exist all the same
    """
    return findings.Alternative(
        findings.Replacement(tuple(changes)),
        effects=(effect,),
        condition=_(
            'If it does exchange instances with them, write in nova.conf, '
            'but only on a host without instances, because disks that exist '
            'are not converted:'
        ),
    )


def use_cow_images_for(
    backend: backends.Backend,
    setting: host_settings.Setting[bool],
    own: backends.Behaviour,
) -> Iterator[findings.Change]:
    """Yield what goes with a backend that a host is to have.

    :param own: what Nova goes by there now
    """
    safe = operations.safe_use_cow_images(backend)
    proposed = operations.safe_use_cow_images(own.backend)
    if safe is None:
        return
    if own.use_cow_images is not safe:
        yield findings.set_to(setting, safe)
    elif setting.is_written:
        yield findings.keep(setting)
    elif proposed is not safe:
        # Another finding can propose the other value.
        yield findings.set_to(setting, safe)


def exchanged(
    one: backends.Behaviour,
    others: Iterable[backends.Behaviour],
    is_shared: bool = False,
) -> operations.Outcome:
    """Return the worst that moves between a host and others lead to.

    :param is_shared: whether they share instances_path
    """
    fine = operations.Outcome.FINE
    return max(
        (
            operations.worst(operations.between(*pair, is_shared=is_shared))
            for other in others
            for pair in ((one, other), (other, one))
        ),
        default=fine,
    )


def common_backend(peers: Peers) -> backends.Backend:
    """Return the backend that most of the hosts have."""
    return _most(by_backend(peers), tuple(backends.Backend))


def common_force_raw_images(peers: Peers) -> bool:
    """Return the value that most of the hosts with qcow2 have.

    True, Nova's default, if there are none.
    """
    return _most(by_force_raw_images(peers), (True, False))


def by_backend(peers: Peers) -> collections.Counter[backends.Backend]:
    """Return how many hosts have each backend."""
    counted: collections.Counter[backends.Backend] = collections.Counter()
    for behaviour, hosts in peers.items():
        counted[behaviour.backend] += hosts
    return counted


def by_force_raw_images(peers: Peers) -> collections.Counter[bool]:
    """Return how many hosts with qcow2 have each value."""
    counted: collections.Counter[bool] = collections.Counter()
    for behaviour, hosts in peers.items():
        if behaviour.backend is backends.Backend.QCOW2:
            counted[behaviour.force_raw_images] += hosts
    return counted


def _most(counted: Mapping[_T, int], preferred: tuple[_T, ...]) -> _T:
    """Return the most frequent one; of equal ones, Nova's default is first."""
    return max(preferred, key=lambda one: counted.get(one, 0))
