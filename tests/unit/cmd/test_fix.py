#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""fix PATH..., when it is stopped halfway."""

from __future__ import annotations

import pathlib

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import fix
from nova_cow_check import report

CONF = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'


@pytest.mark.parametrize(
    ('stops_at', 'told'),
    [
        ('c1', ''),
        ('c2', 'nova-cow-check: stopped; written before that: c1\n'),
        ('c3', 'nova-cow-check: stopped; written before that: c[1-2]\n'),
    ],
)
def test_what_was_written_before_it_stopped_is_told(
    stops_at: str,
    told: str,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ('c1', 'c2', 'c3'):
        (tmp_path / f'{name}.conf').write_text(CONF)

    def fix_one(host: report.HostReport, *_arguments: object) -> fix.Outcome:
        if host.name == stops_at:
            raise KeyboardInterrupt
        return fix.Outcome(fix.DONE, has_written=True)

    monkeypatch.setattr(fix, '_fix_collected', fix_one)
    with pytest.raises(KeyboardInterrupt):
        fix.run(command_line.parse(['fix', '--write', str(tmp_path)]))
    assert capsys.readouterr().err == told
