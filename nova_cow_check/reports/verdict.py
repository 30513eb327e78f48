# SPDX-License-Identifier: Apache-2.0

"""The verdict on one host: what Nova does there, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import functools
import logging
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check import printing
from nova_cow_check.rules import choices
from nova_cow_check.rules import disk_wording
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


_LOG = logging.getLogger(__name__)

#: Hosts that are alike are judged once; more than a fleet has that differ.
_REMEMBERED = 1024


@functools.lru_cache(maxsize=_REMEMBERED)
def behaviour_of(host: host_settings.Known) -> backends.Behaviour | None:
    """Return what Nova goes by, None where that is not known.

    It is not for hosts without a libvirt driver that would start.
    """
    if isinstance(host, host_settings.Unreadable):
        return None
    if why_not_judged(host) or why_it_does_not_apply(host):
        return None
    return rule.behaviour_of(host)


@functools.lru_cache(maxsize=_REMEMBERED)
def compared_as(host: host_settings.Known) -> backends.Behaviour | None:
    """Return what Nova goes by where the host is compared with others.

    :returns: None also where the libvirt driver is only assumed: another
        host would have to be changed for what may not be
    """
    if isinstance(host, host_settings.Unreadable):
        return None
    is_assumed = host.driver in drivers.ASSUMED
    return None if is_assumed else behaviour_of(host)


def why_not_judged(host: host_settings.ImageSettings) -> str:
    """Return what keeps nova-compute from starting, '' if nothing does."""
    if not host.faulty:
        return ''
    reason = _('Not judged: nova-compute does not start with %s.')
    return reason % ', '.join(map(wording.setting, host.faulty))


def why_it_does_not_apply(host: host_settings.ImageSettings) -> str:
    """Return why no libvirt driver reads these settings, '' if one does."""
    if host.is_fragment:
        return _fragment(host)
    if host.driver is drivers.Kind.UNKNOWN:
        reason = _(
            "Does not apply, as far as is known: %s is not Nova's; whether it "
            "reads these options is not known."
        )
    elif host.driver is drivers.Kind.OUTSIDE:
        reason = _(
            'Does not apply: %s is not the libvirt driver. It stands outside '
            'Nova and reads [DEFAULT]/use_cow_images itself: leave that '
            'option as it is.'
        )
    elif host.driver not in drivers.AS_LIBVIRT:
        reason = _('Does not apply: %s is not the libvirt driver.')
    elif rule.is_compute_service(host):
        return ''
    else:
        reason = _(
            "Does not apply: not a compute service's configuration: %s, and "
            "no image setting is written. Run nova-cow-check upgrade check "
            "on each compute host, on the files that nova-compute reads "
            "there."
        )
    return reason % wording.setting(host.compute_driver)


def _fragment(host: host_settings.ImageSettings) -> str:
    """Return what is known of a fragment, which is no host's whole."""
    from nova_cow_check.settings import fragments

    unknown = [*filter(fragments.is_unknown, host.all)]
    if not unknown:
        return _('Judged as a fragment: what else is configured is not known.')
    words = _(
        'Judged as a fragment: what is told holds whatever else is '
        'configured, on a host with the libvirt driver. Not known here: %s.'
    )
    return words % ', '.join(map(wording.setting, unknown))


class Row(NamedTuple):
    """One row: what Nova does, and what is wrong with that."""

    check: rule.Check
    #: What Nova does, or why this cannot be told; a sentence each.
    facts: tuple[str, ...]
    found: tuple[findings.Finding, ...]
    #: The faulty values that leave nothing to judge in this row.
    blocked_by: tuple[findings.Finding, ...] = ()
    #: What the verdict rests on, a line each: in the first row.
    read: tuple[str, ...] = ()
    #: Why the check could not run, '' if it could.
    failed: str = ''

    @property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        if self.failed:
            return findings.Severity.FAILURE
        counting = [f for f in (*self.found, *self.blocked_by) if f.counts]
        return max((f.severity for f in counting), default=None)


#: The same as `rule.Peers`, as what can be hashed.
Peers = Sequence[tuple[backends.Behaviour, int]]


@functools.lru_cache(maxsize=_REMEMBERED)
def judge(
    host: host_settings.Known,
    accepted: tuple[findings.Waiver, ...] = (),
    peers: Peers = (),
    is_shared: bool = False,
    earlier: backends.Behaviour | None = None,
) -> tuple[Row, ...]:
    """Judge one host, a row per check.

    A rule that raises is a row that has failed, as in `upgrade check`.

    :param host: its settings, or why they are not known
    :param accepted: the waivers that are meant for this host
    :param peers: the hosts that it exchanges instances with, itself among
        them; none where hosts are not compared. Hashable
    :param is_shared: whether these share instances_path
    :param earlier: what Nova went by when an earlier report was made, None
        where that is not known, or is of no concern
    """
    if isinstance(host, host_settings.Unreadable):
        return _rows_without_settings(host, accepted)
    return _Judgement(host, accepted).rows(peers, is_shared, earlier)


class _Judgement:
    """What rules find on one host, and which of them could not run."""

    def __init__(
        self,
        host: host_settings.ImageSettings,
        accepted: Sequence[findings.Waiver],
    ) -> None:
        self._host = host
        self._accepted = accepted
        self._found = {
            check: list[findings.Finding]() for check in rule.SETTINGS_CHECKS
        }
        self._failed = dict.fromkeys(rule.SETTINGS_CHECKS, '')

    def rows(
        self,
        peers: Peers,
        is_shared: bool,
        earlier: backends.Behaviour | None,
    ) -> tuple[Row, ...]:
        facts = dict.fromkeys(rule.SETTINGS_CHECKS, tuple[str, ...]())
        with self._noting(*rule.SETTINGS_CHECKS):
            facts = _facts(self._host)
            self._look_at_host()
            self._look_back(earlier, is_shared)
            self._compare(dict(peers), is_shared)
            self._settle()
        first, *others = rule.SETTINGS_CHECKS
        faults = tuple(
            finding
            for finding in self._found[first]
            if finding.rule == invalid_setting.RULE.name
        )
        row = self._row(first, facts[first], ())
        return (
            row._replace(read=_read(self._host)),
            *(self._row(check, facts[check], faults) for check in others),
        )

    def _row(
        self,
        check: rule.Check,
        facts: tuple[str, ...],
        faults: tuple[findings.Finding, ...],
    ) -> Row:
        found, failed = tuple(self._found[check]), self._failed[check]
        if found and faults:
            judged = _(
                'Judged with the values that %(fault)s proposes: %(rules)s.'
            )
            facts += (
                judged
                % {
                    'fault': invalid_setting.RULE.name,
                    'rules': ', '.join(one.rule for one in found),
                },
            )
        if failed:
            facts += (failed,)
        return Row(check, facts, found, faults, failed=failed)

    def _settle(self) -> None:
        """Let the findings propose one thing; the most urgent come first."""
        checks = [c for c, found in self._found.items() for _one in found]
        found = [one for some in self._found.values() for one in some]
        self._found = {check: [] for check in rule.SETTINGS_CHECKS}
        for check, finding in zip(checks, choices.settle(found)):
            self._found[check].append(finding)
        for row in self._found.values():
            row.sort(key=lambda one: one.urgency, reverse=True)

    def _look_at_host(self) -> None:
        host = self._host
        if host.is_fragment:
            self._look_at_fragment()
            return
        fixed = invalid_setting.repaired(host)
        for one in registry.HOST_RULES:
            with self._noting(one.check):
                self._add(one.check, _found_by(one, host, fixed))

    def _look_at_fragment(self) -> None:
        # Loaded where there is one.
        from nova_cow_check.rules import agreement
        from nova_cow_check.settings import fragments

        every = [
            (host, invalid_setting.repaired(host))
            for host in fragments.variants(self._host)
        ]
        for one in registry.HOST_RULES:
            with self._noting(one.check):
                found = [_found_by(one, *variant) for variant in every]
                self._add(one.check, [*agreement.agreed(found)])

    def _look_back(
        self, earlier: backends.Behaviour | None, is_shared: bool
    ) -> None:
        own = behaviour_of(self._host)
        if own is None or earlier is None:
            return
        for one in registry.CHANGE_RULES:
            with self._noting(one.check):
                self._add(
                    one.check, one.find(self._host, own, earlier, is_shared)
                )

    def _compare(self, peers: rule.Peers, is_shared: bool) -> None:
        own = compared_as(self._host)
        if own is None or not peers:
            return
        for one in registry.FLEET_RULES:
            with self._noting(one.check):
                found = one.find(self._host, own, peers, is_shared)
                self._add(one.check, found)

    def _add(
        self, check: rule.Check, found: Sequence[findings.Finding]
    ) -> None:
        self._found[check] += (
            _with_waiver(finding, self._accepted) for finding in found
        )

    @contextlib.contextmanager
    def _noting(self, *checks: rule.Check) -> Iterator[None]:
        """Note that checks could not run, if anything is raised."""
        try:
            yield
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # Its message could quote the configuration.
            _LOG.debug('A check could not run', exc_info=True)
            for check in checks:
                self._failed[check] = (
                    _('This check could not run: %s; --debug shows where.')
                    % type(error).__name__
                )


def _found_by(
    one: rule.HostRule,
    host: host_settings.ImageSettings,
    fixed: host_settings.ImageSettings,
) -> Sequence[findings.Finding]:
    """Return what a rule finds on a host.

    :param fixed: with the values that are proposed for faulty ones
    """
    judged = host if one is invalid_setting.RULE else fixed
    if judged.faulty and not one.holds_beside_faults:
        return ()
    if not (
        one.holds_without_compute_service or rule.is_compute_service(judged)
    ):
        return ()
    return one.find(judged)


def as_text(row: Row) -> str:
    """Return a row as the details of an upgrade check.

    A paragraph is a line, however long; a setting to write is a line of
    its own, without indentation, as nova.conf needs it.
    """
    paragraphs = [*row.facts, *row.read]
    for finding in row.found:
        paragraphs += ['', wording.heading(finding)]
        paragraphs += [paragraph.text for paragraph in wording.body(finding)]
    return '\n'.join(paragraphs)


def _rows_without_settings(
    host: host_settings.Unreadable, accepted: Sequence[findings.Waiver]
) -> tuple[Row, ...]:
    found = _with_waiver(unreadable_configuration.find(host), accepted)
    first, *others = rule.SETTINGS_CHECKS
    reason = (_('Not judged: the configuration has not been read.'),)
    return (
        Row(first, (), (found,)),
        *(Row(check, reason, (), (found,)) for check in others),
    )


def _with_waiver(
    finding: findings.Finding, accepted: Sequence[findings.Waiver]
) -> findings.Finding:
    return finding._replace(waiver=findings.waiver_for(accepted, finding))


def _read(host: host_settings.ImageSettings) -> tuple[str, ...]:
    return (
        *map(wording.setting, host.all),
        _('Files read: %s') % ', '.join(map(printing.printable, host.files)),
    )


def _facts(
    host: host_settings.ImageSettings,
) -> dict[rule.Check, tuple[str, ...]]:
    facts = _facts_of_settings(host)
    facts[rule.Check.IMAGE_SETTINGS] += wording.of_process(host)
    return facts


def _facts_of_settings(
    host: host_settings.ImageSettings,
) -> dict[rule.Check, tuple[str, ...]]:
    checks = rule.Check
    reason = why_not_judged(host)
    if reason:
        is_driver_known = not host.compute_driver.fault
        return {
            **dict.fromkeys(rule.SETTINGS_CHECKS, (reason,)),
            checks.IMAGE_SETTINGS: _assumption(host)
            if is_driver_known
            else (),
        }
    reason = why_it_does_not_apply(host)
    if reason:
        return dict.fromkeys(rule.SETTINGS_CHECKS, (reason,))
    novas = rule.behaviour_of(host)
    return {
        checks.IMAGE_SETTINGS: _assumption(host),
        checks.IMAGE_BACKEND: disk_wording.backend(novas),
        checks.MOVES: disk_wording.arrivals(novas),
    }


def _assumption(host: host_settings.ImageSettings) -> tuple[str, ...]:
    """Return what is assumed, what for, and what to do if it is wrong."""
    if host.driver not in drivers.ASSUMED:
        return ()
    evidence = host.evidence
    if evidence is None:
        assumed = _(
            'Judged as the libvirt driver, which is assumed, and compared '
            'with no other host: %(driver)s, whose name has libvirt in it. '
            'If this driver does not read these options, nothing of this '
            'applies, and nothing is to be done: accept what is found with a '
            'waiver.'
        )
    elif host.libvirt_option is None:
        assumed = _(
            'Judged as the libvirt driver, which is assumed, and compared '
            'with no other host: %(driver)s, but an image setting is written '
            '(%(place)s). If no nova-compute reads these files, nothing is '
            'to be done: tools write image settings for other services, too. '
            'If one does, it reads compute_driver elsewhere: give that file, '
            'too.'
        )
    else:
        assumed = _(
            'Judged as the libvirt driver, which is assumed, and compared '
            'with no other host: %(driver)s, but an option of [libvirt] is '
            'written (%(place)s). If no nova-compute reads these files, '
            'nothing of this applies: tools write [libvirt] for other '
            'services, too. If one does, it reads compute_driver elsewhere: '
            'give that file, too.'
        )
    driver = wording.setting(host.compute_driver)
    place = '' if evidence is None else wording.place(evidence)
    return (assumed % {'driver': driver, 'place': place},)
