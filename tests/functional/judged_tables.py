# SPDX-License-Identifier: Apache-2.0

"""The tables of judged.rst: rules, drivers and releases of Nova."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check import checks
from nova_cow_check.nova import drivers
from nova_cow_check.nova import releases
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from tests.functional import written
from tests.unit import hosts

PAGE = 'judged.rst'

#: With what a rule is asked, by what it is about.
WHERE = {
    rule.Rule: '``report PATH...``',
    rule.HostRule: 'every check',
    rule.ChangeRule: '``report --compare``',
    rule.FleetRule: '``report PATH...``',
    rule.GuestRule: '``--guests``',
}
OF_A_PROCESS = '``--running``'
OF_A_RELEASE = '``--running``, ``--nova-release``'

KINDS = {
    drivers.Kind.LIBVIRT: 'judged',
    drivers.Kind.NONE: 'judged, which is assumed',
    drivers.Kind.DERIVED: 'judged, which is assumed',
    drivers.Kind.REMOVED: 'Nova has removed it; reads use_cow_images itself',
    drivers.Kind.OUTSIDE: 'not judged; reads use_cow_images itself',
    drivers.Kind.INDEPENDENT: 'not judged; reads none of the options',
    drivers.Kind.UNKNOWN: 'not judged; what it reads is not known',
    drivers.Kind.UNLOADABLE: 'Nova cannot load it',
}

#: With raw disks that are opened as qcow2, where they are judged.
WRONG = {'images_type': 'qcow2', 'use_cow_images': 'False'}


def rules() -> str:
    """Return which row and which command has the findings of a rule."""
    rows = [name for name, _check in checks.Checks().get_checks()]
    row_of = dict(zip(rule.SETTINGS_CHECKS, rows))
    return written.table(
        ('Rule', 'Severity', 'Row', 'Asked with'),
        [
            (
                f':doc:`rules/{one.name}`',
                one.severity.name.lower(),
                row_of.get(one.check, 'Guests'),
                _where(one),
            )
            for one in registry.RULES.values()
        ],
    )


def _where(one: rule.Rule) -> str:
    if one.name in registry.PROCESS_RULES:
        # The release is said for a host, too; a process only shows itself.
        is_of_release = one.check is rule.Check.MOVES
        return OF_A_RELEASE if is_of_release else OF_A_PROCESS
    return WHERE[type(one)]


def compute_drivers() -> str:
    """Return what becomes of a host with each kind of driver."""
    rows = []
    for shown, value in _drivers():
        kind = drivers.kind_of(value)
        found = hosts.host(hosts.nova_conf(compute_driver=value, **WRONG))
        links = ', '.join(f':doc:`rules/{one}`' for one in found.rules())
        rows.append((shown, KINDS[kind], links or 'none'))
    assert {drivers.kind_of(value) for _shown, value in _drivers()} == {
        *drivers.Kind
    }
    return written.table(
        ('compute_driver', 'What it is taken for', 'Found'), rows
    )


def _drivers() -> Iterator[tuple[str, str | None]]:
    """Yield what is shown of a driver, and a value."""
    for name in drivers.LIBVIRT_SPELLINGS:
        yield f'``{name}``', name
    yield 'not set, with an image setting', None
    yield 'another one with libvirt in it', 'ours.libvirt.OurDriver'
    for family, release in drivers.REMOVED.items():
        yield f'``{family}``, until {release}', f'{family}.Driver'
    for family in sorted(drivers.OUTSIDE):
        yield f'``{family}``', f'{family}.driver.Driver'
    names = {drivers.family_of(name): name for name in drivers.SHORT_NAMES}
    for family in sorted(drivers.INDEPENDENT):
        yield f'``{family}``', names.get(family, f'{family}.Driver')
    yield "any other one that is not Nova's", 'ours.Driver'
    yield 'a slip, such as ``libvirt.Driver``', 'libvirt.Driver'


def nova_releases() -> str:
    """Return the first release of each series that guesses no formats."""
    rows = []
    oldest, newest = min(releases.FIXED), max(releases.FIXED)
    for series in range(oldest - 1, newest + 2):
        numbers = [(series, minor, 0) for minor in range(10)]
        fixed = [
            '.'.join(map(str, number))
            for number in numbers
            if not releases.Release(number).guesses_formats
        ]
        words = f'{series}'
        if series < oldest:
            words += ' and earlier'
        elif series > newest:
            words += ' and later'
        rows.append((words, fixed[0] if fixed else 'none'))
    return written.table(('Nova', 'First release with the fix'), rows)


PARTS = [
    written.Part(PAGE, make.__name__.replace('_', '-'), make)
    for make in (rules, compute_drivers, nova_releases)
]
