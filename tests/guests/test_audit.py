# SPDX-License-Identifier: Apache-2.0

"""The audit of a host with guests in all states, and whether it was right.

The command looks at the host while its guests run or lie there broken. Then
each guest is stopped and started, and says itself what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
import pathlib
import subprocess
import sys
from typing import Any, NamedTuple

from nova_cow_check.guests import conditions
from nova_cow_check.guests import plain_domains
from nova_cow_check.nova import harms
from tests.guests import cloud
from tests.guests import compute
from tests.guests import fates
from tests.guests import intruders
from tests.nova import cases

FLAT = intruders.FLAT
FLAT_WITH_COW = cases.Settings('flat', True, True)
FLAT_OF_ANY_IMAGE = cases.Settings('flat', False, False)
QCOW2 = cases.Settings('qcow2', True, True)
QCOW2_WITHOUT_COW = cases.Settings('qcow2', False, True)

#: With what the host is looked at, and its guests are started.
NOW = FLAT

COMMAND = 'import sys; from nova_cow_check.cmd import main; main.main()'

_C = conditions.Condition
_How = harms.How


class State(NamedTuple):
    """How a guest came to be as it is."""

    #: Of the host that it was made on, and of the one that it was moved to
    #: if it was moved: that is the host which is looked at.
    route: tuple[cases.Settings, ...]
    image: str = 'raw'
    flavor: cloud.Flavor = cloud.Flavor()
    #: What an accident or the guest does to it then.
    damage: Callable[[cloud.Guest, pathlib.Path], None] | None = None
    #: Whether the move is confirmed.
    is_confirmed: bool = True
    #: The rules that have to find it.
    found: frozenset[conditions.Condition] = frozenset()


def remove_records(guest: cloud.Guest, _secret: pathlib.Path) -> None:
    (guest.folder / 'disk.info').unlink()


def garble_records(guest: cloud.Guest, _secret: pathlib.Path) -> None:
    (guest.folder / 'disk.info').write_text('{"half of it')


def exchange_records(guest: cloud.Guest, _secret: pathlib.Path) -> None:
    """Record the other format for every disk."""
    path = guest.folder / 'disk.info'
    other = {'raw': 'qcow2', 'qcow2': 'raw'}
    entries = json.loads(path.read_text())
    path.write_text(json.dumps({k: other[v] for k, v in entries.items()}))


def remove_backing_file(guest: cloud.Guest, _secret: pathlib.Path) -> None:
    backing_file(guest).unlink()


def exchange_backing_file(guest: cloud.Guest, _secret: pathlib.Path) -> None:
    """Put a qcow2 file in the place of a raw one."""
    path = backing_file(guest)
    words = ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2']
    subprocess.run([*words, path, path.with_suffix('.new')], check=True)
    path.with_suffix('.new').rename(path)


def write_header(guest: cloud.Guest, secret: pathlib.Path) -> None:
    """Write what the guest could have written to its raw disk."""
    header = secret.with_name('header')
    words = ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw']
    subprocess.run([*words, '-b', secret, header, '1G'], check=True)
    with (guest.folder / 'disk').open('r+b') as disk:
        disk.write(header.read_bytes())


def write_header_and_lose_records(
    guest: cloud.Guest, secret: pathlib.Path
) -> None:
    write_header(guest, secret)
    remove_records(guest, secret)


#: Name -> what has become of a guest. NOW has the flat backend.
STATES: Mapping[str, State] = {
    'new': State((FLAT,)),
    'new, of a qcow2 image': State((FLAT,), 'qcow2'),
    'new, all disks': State((FLAT,), flavor=cloud.ALL_DISKS),
    'qcow2 on flat': State((FLAT_OF_ANY_IMAGE,), 'qcow2'),
    'moved from flat to flat': State((FLAT, FLAT), flavor=cloud.ALL_DISKS),
    'made by the qcow2 backend': State((QCOW2,)),
    'made by the qcow2 backend, all disks': State(
        (QCOW2,), flavor=cloud.ALL_DISKS
    ),
    'made by the qcow2 backend of a qcow2 image': State((QCOW2,), 'qcow2'),
    'moved from qcow2 to flat': State((QCOW2, FLAT)),
    'converted': State((FLAT, FLAT_WITH_COW), found=frozenset({_C.CONVERTED})),
    'converted, all disks': State(
        (FLAT, FLAT_WITH_COW),
        flavor=cloud.ALL_DISKS,
        found=frozenset({_C.CONVERTED}),
    ),
    # libvirt has refused to start it: Nova has removed its domain.
    'opened as qcow2': State(
        (FLAT, QCOW2_WITHOUT_COW), found=frozenset({_C.WITHOUT_DOMAIN})
    ),
    'waits for confirm or revert': State((FLAT, FLAT), is_confirmed=False),
    'without disk.info': State(
        (FLAT,), damage=remove_records, found=frozenset({_C.INFO_MISSING})
    ),
    'with half a disk.info': State(
        (FLAT,), damage=garble_records, found=frozenset({_C.INFO_UNUSABLE})
    ),
    'with qcow2 recorded for raw': State(
        (FLAT,), damage=exchange_records, found=frozenset({_C.INFO_WRONG})
    ),
    'with raw recorded for qcow2': State(
        (QCOW2,), damage=exchange_records, found=frozenset({_C.INFO_WRONG})
    ),
    'without its backing file': State(
        (QCOW2,),
        damage=remove_backing_file,
        found=frozenset({_C.BACKING_MISSING}),
    ),
    'with another backing file': State(
        (QCOW2,),
        damage=exchange_backing_file,
        found=frozenset({_C.BACKING_WRONG}),
    ),
    'with a header of its own': State(
        (FLAT,), damage=write_header, found=frozenset({_C.HEADER_WRITTEN})
    ),
    'with a header of its own that is believed': State(
        (FLAT,),
        damage=write_header_and_lose_records,
        found=frozenset({_C.HEADER_BELIEVED}),
    ),
}


class Audited(NamedTuple):
    """A guest, and what it has counted before anything was done to it."""

    guest: cloud.Guest
    counts: Mapping[cloud.Disk, int]


def test_audit(two_hosts: cloud.Cloud, tmp_path: pathlib.Path) -> None:
    secret = make_secret(tmp_path)
    guests = {
        name: make(two_hosts, state, secret) for name, state in STATES.items()
    }
    two_hosts.first.configure(cloud.settings_text(NOW))
    before = contents(two_hosts.first)
    document = look(two_hosts.first)
    assert contents(two_hosts.first) == before
    domains = written_domains(two_hosts.first)
    assert domains and None not in map(plain_domains.read, domains)
    found = document['hosts'][0]['guests']
    assert found['looked_at'] == len(guests)
    assert found['not_read'] == []
    told = {one['uuid']: one['disks'] for one in found['guests']}
    rules = rules_by_guest(found['findings'])
    wrong = {}
    for name, (guest, counts) in guests.items():
        missing = STATES[name].found - rules.get(guest.uuid, set())
        disks = told.get(guest.uuid, [])
        seen = see(guest, counts)
        if missing or not agrees(STATES[name], seen, disks):
            wrong[name] = (missing, seen, disks)
    assert wrong == {}


def make(
    two_hosts: cloud.Cloud, state: State, secret: pathlib.Path
) -> Audited:
    """Make a guest, and let become of it what a state tells."""
    first, second = two_hosts.hosts
    guest = cloud.Guest(two_hosts, state.image, state.flavor)
    is_moved = len(state.route) > 1
    guest.host = second if is_moved else first
    guest.host.configure(cloud.settings_text(state.route[0]))
    guest.do('spawn')
    counts = fates.counts(guest)
    if is_moved:
        first.configure(cloud.settings_text(state.route[1]))
        seen = fates.see(guest, lambda: guest.resize(first), counts)
        if seen.how is None:
            counts = {**counts, **fates.counts(guest)}
        if state.is_confirmed:
            guest.confirm()
    if state.damage is not None:
        guest.do('stop')
        state.damage(guest, secret)
    return Audited(guest, counts)


def make_secret(folder: pathlib.Path) -> pathlib.Path:
    """Make a file of the host, which a guest is after."""
    path = folder / 'secret'
    cloud.make_image(path, intruders.SECRET)
    path.chmod(0o600)
    return path


def backing_file(guest: cloud.Guest) -> pathlib.Path:
    """Return the backing file of a root disk, as seen from outside."""
    words = ['qemu-img', 'info', '-U', '--output=json', guest.folder / 'disk']
    done = subprocess.run(words, check=True, capture_output=True)
    name = json.loads(done.stdout)['backing-filename'].rpartition('/')[2]
    return guest.folder.parent / '_base' / str(name)


def look(host: compute.Compute) -> dict[str, Any]:
    """Have the command look at a host, as its operator would."""
    words = host.host.command(
        sys.executable,
        '-c',
        COMMAND,
        f'--config-file={host.nova_conf.with_name("own.conf")}',
        f'--config-file={host.nova_conf}',
        'report',
        '--guests',
        '--output=json',
    )
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.stderr == ''
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def written_domains(host: compute.Compute) -> list[bytes]:
    """Return the XML of the guests of a host, as libvirt keeps it."""
    program = (
        'for file in /etc/libvirt/qemu/*.xml; do cat "$file"; echo -; done'
    )
    words = host.host.command('sh', '-c', program)
    done = subprocess.run(words, check=True, capture_output=True)
    return done.stdout.split(b'\n-\n')[:-1]


def rules_by_guest(
    found: list[dict[str, Any]],
) -> dict[str, set[conditions.Condition]]:
    """Return what is found of each guest, by UUID."""
    rules: dict[str, set[conditions.Condition]] = {}
    for one in found:
        name = one['guest']['uuid']
        rules.setdefault(name, set()).add(conditions.Condition(one['rule']))
    return rules


def contents(host: compute.Compute) -> dict[pathlib.Path, int]:
    """Return when each file was changed that no guest writes to.

    A guest that runs writes to its disks all the time.
    """
    return {
        path: path.lstat().st_ctime_ns
        for path in host.host.instances.rglob('*')
        if path.name == 'disk.info' or path.parent.name == '_base'
    }


def see(guest: cloud.Guest, counts: Mapping[cloud.Disk, int]) -> fates.Fate:
    """Stop and start a guest, and look at what becomes of it."""
    guest.do('stop')
    try:
        guest.do('power_on', is_asked_for=True)
    except compute.Refused as refusal:
        is_libvirts = refusal.kind == 'libvirtError'
        return fates.Fate(
            _How.LIBVIRT_REFUSES if is_libvirts else _How.NOVA_REFUSES, {}
        )
    words = guest.words()
    if words is None:
        return fates.Fate(_How.NEVER_BOOTS, {})
    if words.disks[cloud.Disk.ROOT].text == intruders.SECRET:
        return fates.Fate(_How.HOST_FILES, {})
    return fates.Fate(
        None,
        {
            disk: fates.seen(disk, read, counts[disk])
            for disk, read in words.disks.items()
        },
    )


def agrees(state: State, seen: fates.Fate, told: list[dict[str, Any]]) -> bool:
    """Return whether a guest says of its start what was told of it.

    :param told: its disks in the document; none if nothing was found
    """
    hows = {one['name']: one['restart_how'] for one in told}
    if 'unknown' in {one['restart'] for one in told}:
        # Only what is possible was told.
        return True
    if state.damage in (write_header, write_header_and_lose_records):
        # With the header, the guest has lost what it boots from.
        is_told = word(_How.HOST_FILES) in hows.values()
        return (seen.how is _How.HOST_FILES) is is_told
    if seen.how is not None:
        return word(seen.how) in hows.values()
    return all(
        (word(how) if how else None) == hows.get(disk.value)
        for disk, how in seen.disks.items()
    )


def word(how: harms.How) -> str:
    """Return how something shows, as JSON has it."""
    return how.name.lower().replace('_', '-')
