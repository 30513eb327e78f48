# SPDX-License-Identifier: Apache-2.0

"""fix PATH..., when it is stopped halfway."""

from __future__ import annotations

import pathlib

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import fix_command
from nova_cow_check.reports import report

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

    def fix_one(
        host: report.HostReport, *_arguments: object
    ) -> fix_command.Outcome:
        if host.name == stops_at:
            raise KeyboardInterrupt
        return fix_command.Outcome(fix_command.DONE, has_written=True)

    monkeypatch.setattr(fix_command, '_fix_collected', fix_one)
    with pytest.raises(KeyboardInterrupt):
        fix_command.run(command_line.parse(['fix', '--write', str(tmp_path)]))
    assert capsys.readouterr().err == told
