# SPDX-License-Identifier: Apache-2.0

"""What an editor does with a fix of SARIF (2.1.0, section 3.30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import re
from typing import Any
from urllib import parse

NUMBERS = {'startLine', 'startColumn', 'endLine', 'endColumn'}


def applied(
    files: Mapping[str, bytes], fix: Any, newlines: Sequence[str]
) -> dict[str, bytes]:
    """Return files with a fix applied.

    :param newlines: newlineSequences of the run, the longest one first
    """
    after = dict(files)
    changes = fix['artifactChanges']
    paths = [
        parse.unquote(change['artifactLocation']['uri']) for change in changes
    ]
    assert len(set(paths)) == len(paths)
    for path, change in zip(paths, changes):
        text = files[path].decode()
        parts = [
            (*_extent(text, one['deletedRegion'], newlines), one)
            for one in change['replacements']
        ]
        # Readers differ in what they do with two that touch.
        ends = [place for start, end, _one in parts for place in (start, end)]
        assert ends == sorted(ends)
        for (_start, end, _one), (start, _end, _other) in zip(
            parts, parts[1:]
        ):
            assert end < start
        for start, end, one in reversed(parts):
            text = text[:start] + one['insertedContent']['text'] + text[end:]
        after[path] = text.encode()
    return after


def _extent(
    text: str, region: Mapping[str, int], newlines: Sequence[str]
) -> tuple[int, int]:
    """Return the part of a text that is a region."""
    ends = list(re.finditer('|'.join(map(re.escape, newlines)), text))
    starts = [0, *(end.end() for end in ends)]
    lengths = [
        end - start
        for start, end in zip(starts, [*(e.start() for e in ends), len(text)])
    ]

    def position(line: int, column: int | None) -> int:
        start, length = starts[line - 1], lengths[line - 1]
        if column is None:
            return start + length
        units = text[start : start + length].encode('utf-16-le')
        assert 0 <= 2 * (column - 1) <= len(units)
        return start + len(units[: 2 * (column - 1)].decode('utf-16-le'))

    assert set(region) <= NUMBERS
    return (
        position(region['startLine'], region['startColumn']),
        position(region['endLine'], region.get('endColumn')),
    )
