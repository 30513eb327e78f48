# SPDX-License-Identifier: Apache-2.0

"""Hosts made of bytes, and what fix makes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
import re

from nova_cow_check.fixer import plan
from nova_cow_check.fixer import proof
from nova_cow_check import printing
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import files
from tests.unit import sample_reports

PATH = '/etc/nova/nova.conf'

DRIVER = b'[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'


def judge(
    found: host_config.Configuration,
) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
    """Judge as the command does where nothing is waived."""
    host = host_settings.read(host_config.HostConfig(found), found)
    return host, verdict.judge(host)


def read(
    contents: Mapping[str, bytes],
    environment: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
) -> host_config.Configuration:
    """Parse files, in the order of the mapping or another one."""
    return host_config.Configuration(
        tuple(files.parse(path, contents[path]) for path in order or contents),
        environment or {},
    )


def judged(
    contents: Mapping[str, bytes],
    environment: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
) -> proof.Judged:
    """Read and judge files."""
    found = read(contents, environment, order)
    host, rows = judge(found)
    return proof.Judged(
        found, host, tuple(one for row in rows for one in row.found)
    )


def make(
    contents: Mapping[str, bytes],
    environment: Mapping[str, str] | None = None,
    asked: Collection[str] = (),
    order: Sequence[str] = (),
) -> plan.Plan:
    """Plan the edits of files."""
    found = read(contents, environment, order)
    return plan.make(found, contents, judge, asked)


def alone(
    contents: Mapping[str, bytes],
    environment: Mapping[str, str],
    finding: findings.Finding,
) -> plan.Plan:
    """Plan the edits for one finding, as if all others were waived."""
    counting = [finding]

    def judge_one(
        found: host_config.Configuration,
    ) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
        host, rows = judge(found)
        rows = tuple(
            row._replace(
                found=tuple(
                    one
                    if one in counting
                    else one._replace(waiver=sample_reports.waiver(''))
                    for one in row.found
                ),
            )
            for row in rows
        )
        counting.clear()
        return host, rows

    found = read(contents, environment)
    return plan.make(found, contents, judge_one, [finding.rule])


def fixed(content: bytes, asked: Collection[str] = ()) -> bytes:
    """Return what becomes of a host's only file."""
    made = make({PATH: content}, asked=asked)
    return made.texts[0].after if made.texts else content


def after(contents: Mapping[str, bytes], made: plan.Plan) -> dict[str, bytes]:
    """Return all files with the edits made."""
    return {**contents, **{one.path: one.after for one in made.texts}}


def is_generated(made: plan.Plan) -> bool:
    """Return whether the command would refuse to write a plan."""
    return any(text.limits.generated for text in made.texts)


def shown(made: plan.Plan) -> str:
    """Return the diff of a plan."""
    return ''.join(plan.render(made.texts))


def said(made: plan.Plan) -> str:
    """Return all that an operator is shown of a plan."""
    reasons = [left.reason for left in made.left]
    return '\n'.join([shown(made), *made.explanations, *reasons])


def patched(
    contents: Mapping[str, bytes], shown_diff: str
) -> dict[str, list[str]]:
    """Apply a diff to files, as ``patch`` would; return lines as shown."""
    lines = {
        path: [
            printing.printable(re.sub('\r\n|\r|\n', '', line))
            for line in re.split('(?<=\n)|(?<=\r)(?!\n)', data.decode())
            if line
        ]
        for path, data in contents.items()
    }
    path, number = '', 0
    for line in shown_diff.split('\n'):
        if line.startswith('+++ '):
            path = line[4:]
        elif match := re.fullmatch(r'@@ -\S+ \+(\d+)(?:,(\d+))? @@', line):
            number = int(match[1]) - (match[2] != '0')
        elif line.startswith('+'):
            lines[path].insert(number, line[1:])
            number += 1
        elif line.startswith('-') and not line.startswith('--- '):
            assert lines[path].pop(number) == line[1:]
    return lines
