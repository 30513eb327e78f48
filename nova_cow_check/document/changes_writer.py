# SPDX-License-Identifier: Apache-2.0

"""What became of hosts since earlier reports, as plain data.

Loaded only where that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nova_cow_check import printing
from nova_cow_check.reports import changes

#: JSON's own types.
Data = dict[str, Any]


def of(compared: changes.Changes) -> Data:
    """Return the object of a comparison."""
    return {
        'oldest': compared.oldest.isoformat(timespec='seconds'),
        'newest': compared.newest.isoformat(timespec='seconds'),
        'numbers': {
            change.value: number for change, number in compared.counted.items()
        },
        'hosts': [
            {
                'name': printing.printable(one.host),
                'change': one.change.value,
                'came': _marks(one.came),
                'ended': _marks(one.ended),
            }
            for one in compared.hosts
        ],
        'repeated': [
            {
                'name': printing.printable(one.host),
                'path': printing.printable(one.path),
                'others': [*map(printing.printable, one.others)],
            }
            for one in compared.repeated
        ],
        'not_looked_back': [
            *map(printing.printable, compared.not_looked_back)
        ],
    }


def _marks(marks: Iterable[changes.Mark]) -> list[Data]:
    return [
        {
            'rule': one.rule,
            'severity': one.severity.name.lower(),
            'is_unsafe': one.is_unsafe,
            'guest': one.guest or None,
        }
        for one in marks
    ]
