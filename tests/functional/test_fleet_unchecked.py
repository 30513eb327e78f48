# SPDX-License-Identifier: Apache-2.0

"""Why nobody could look at a host stands in every form of the report."""

from __future__ import annotations

import html
import json
import pathlib

from tests.functional import conftest
from tests.functional import documents

SAID = 'ssh: connect to host b port 22: <No route> to host'
REASON = f'it was not checked: {SAID}'

GOOD = (
    '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    '[libvirt]\nimages_type = qcow2\n'
)


def reason_of(report: str, name: str) -> str:
    """Return why a host of a report was not read, once it is a sound one."""
    document = documents.of(json.loads(report))
    (host,) = [one for one in document['hosts'] if one['name'] == name]
    assert host['result'] == 'failure'
    return host['unreadable']['reason']


def test_the_reason_is_in_text_html_and_json(
    run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    fleet = tmp_path / 'fleet'
    fleet.mkdir()
    (fleet / 'a.conf').write_text(GOOD)
    (fleet / 'b.unchecked').write_text(f'{SAID}.\n')
    expected = tmp_path / 'hosts.txt'
    expected.write_text('a\nb\n')
    outputs = {
        name: tmp_path / f'report.{name}' for name in ('text', 'html', 'json')
    }
    words = [f'--output={name}:{path}' for name, path in outputs.items()]
    done = run('report', str(fleet), '--expected', str(expected), *words)
    assert (done.returncode, done.stderr) == (2, '')
    text = ' '.join(outputs['text'].read_text().split())
    assert f'Not read, or not all of it: {REASON}. b ({fleet}/b.unch' in text
    page = outputs['html'].read_text()
    assert REASON not in page
    assert REASON in html.unescape(page)
    report = outputs['json'].read_text()
    assert reason_of(report, 'b') == REASON
    (source,) = [
        host['source']
        for host in json.loads(report)['hosts']
        if host['name'] == 'b'
    ]
    assert source == {'kind': 'unchecked', 'path': f'{fleet}/b.unchecked'}
    # A report of a cell keeps it.
    again = run('report', str(outputs['json']), '--output', 'json')
    assert again.returncode == 2
    assert reason_of(again.stdout, 'b') == REASON


def test_a_waiver_accepts_it(
    run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'b.unchecked').write_text(SAID)
    waivers = tmp_path / 'waivers.yaml'
    waivers.write_text(
        '- rule: unreadable-configuration\n  hosts: [b]\n  reason: "Sold"\n'
    )
    path = str(tmp_path / 'b.unchecked')
    done = run('--waivers', str(waivers), 'report', path)
    assert (done.returncode, done.stderr) == (0, '')
    assert SAID in ' '.join(done.stdout.split())
