# SPDX-License-Identifier: Apache-2.0

"""The rule `changes-not-in-effect`: nova-compute has not read them yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import datetime

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check import printing
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

#: Files in a sentence; a directory can have thousands.
_MOST_NAMED = 5


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    process = host.process
    if process is None or not (process.changed or process.installed):
        return
    kinds = parsing.OriginKind
    places = [
        parsing.Origin(kinds.FILE, changed.path)
        for changed in process.changed[:_MOST_NAMED]
    ]
    sentences = [*_what(process), *_what_follows(process)]
    if process.changed and not host.faulty:
        sentences += _guests(host)
    # What was installed has no place in a configuration.
    yield this.finding(
        ' '.join(sentences), (), *(places or [host.compute_driver.origin])
    )


RULE = rule.HostRule(
    'changes-not-in-effect',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.WARNING,
    'https://docs.openstack.org/nova/latest/configuration/config.html',
    _look,
    holds_beside_faults=True,
    is_about_process=True,
)


def _what(process: host_settings.Process) -> Iterator[str]:
    """Yield what was changed."""
    started = _time(process.started)
    later = [one for one in process.changed if not one.source]
    if later:
        changed = _('%(path)s (%(time)s)')
        named = [
            changed
            % {'path': printing.printable(one.path), 'time': _time(one.at)}
            for one in later
        ]
        yield (
            _('Changed since nova-compute was started (%(started)s): %(all)s.')
            % {'started': started, 'all': _listed(named)}
        )
    copies = [one for one in process.changed if one.source]
    if copies:
        differs = _('%(copy)s from %(source)s')
        named = [
            differs
            % {
                'copy': printing.printable(one.path),
                'source': printing.printable(one.source),
            }
            for one in copies
        ]
        yield (
            _(
                'kolla copied what nova-compute reads when the container was '
                'started (%(started)s), and these copies differ now: %(all)s.'
            )
            % {'started': started, 'all': _listed(named)}
        )
    if process.installed:
        yield (
            _(
                'Nova was installed, or its files were changed (%(time)s), '
                'after nova-compute was started (%(started)s), which goes on '
                'with the code of before.'
            )
            % {'time': _time(process.installed), 'started': started}
        )


def _what_follows(process: host_settings.Process) -> Iterator[str]:
    """Yield when that counts."""
    if any(one.source for one in process.changed):
        yield _(
            'What is told here is what the copies say, and the next start of '
            'the container replaces them: check the sources, too, with '
            '--config-file.'
        )
    if any(not one.source for one in process.changed):
        yield _(
            'nova-compute reads them once, at its start, and a reload '
            '(SIGHUP) changes none of these options: it may still use the '
            'earlier values, and what is told here holds from its next start '
            'on.'
        )


def _guests(host: host_settings.ImageSettings) -> Iterator[str]:
    """Yield what becomes of guests if the backend was another one."""
    now = rule.behaviour_of(host).backend
    flat, qcow2 = backends.Backend.FLAT, backends.Backend.QCOW2
    before = flat if now is qcow2 else qcow2
    yield (
        _(
            'The earlier values are not known from the files: a report made '
            'before has them. If the backend was another one, such as '
            '%(before)s, that start is a change of the backend to %(now)s.'
        )
        % {'before': before.value, 'now': now.value}
    )
    yield existing_guests.after_change(before, now)


def _listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence, of many the first ones."""
    more = len(words) - _MOST_NAMED
    named = ', '.join(words[:_MOST_NAMED])
    if more > 0:
        return _('%(named)s and %(more)d more') % {
            'named': named,
            'more': more,
        }
    return named


def _time(when: datetime.datetime | None) -> str:
    return '' if when is None else when.isoformat(' ', 'seconds')
