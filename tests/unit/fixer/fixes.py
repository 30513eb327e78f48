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
"""Hosts made of bytes, and what fix makes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
import dataclasses
import re

from nova_cow_check import configuration
from nova_cow_check import findings
from nova_cow_check.fixer import plan
from nova_cow_check.fixer import proof
from nova_cow_check import settings
from nova_cow_check.sources import files
from nova_cow_check import text
from nova_cow_check import verdict
from tests.unit import reports

PATH = '/etc/nova/nova.conf'

DRIVER = b'[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'


def judge(
    found: configuration.Configuration,
) -> tuple[settings.ImageSettings, tuple[verdict.Row, ...]]:
    """Judge as the command does where nothing is waived."""
    host = settings.read(configuration.HostConfig(found), found)
    return host, verdict.judge(host)


def read(
    contents: Mapping[str, bytes],
    environment: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
) -> configuration.Configuration:
    """Parse files, in the order of the mapping or another one."""
    return configuration.Configuration(
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
        found: configuration.Configuration,
    ) -> tuple[settings.ImageSettings, tuple[verdict.Row, ...]]:
        host, rows = judge(found)
        rows = tuple(
            dataclasses.replace(
                row,
                found=tuple(
                    one
                    if one in counting
                    else dataclasses.replace(one, waiver=reports.waiver(''))
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
            text.printable(re.sub('\r\n|\r|\n', '', line))
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
