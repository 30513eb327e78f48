# SPDX-License-Identifier: Apache-2.0

"""What several parts of a page show: marks, names of hosts, paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import itertools
from typing import Any, NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.formats import terminal
from nova_cow_check import host_names
from nova_cow_check.nova import operations
from nova_cow_check.reports import changes
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.rules import wording

#: What a template shows, by the names that it uses.
Values = dict[str, Any]

#: Words for names that are shown at once, in a card.
_MOST = 16

#: Characters of such a word, if it can be made shorter.
_LONGEST = 80

#: A mark is a colour, a shape beside a word, and a class of the style sheet.
MARKS = {
    fleet_wording.HostKind.UNREAD: 'unread',
    fleet_wording.HostKind.FAILURE: 'failure',
    fleet_wording.HostKind.WARNING: 'warning',
    fleet_wording.HostKind.FINE: 'success',
    fleet_wording.HostKind.UNAFFECTED: 'apart',
    changes.Change.WORSE: 'failure',
    changes.Change.BETTER: 'success',
    changes.Change.SAME: 'warning',
    changes.Change.NEW: 'note',
    changes.Change.GONE: 'apart',
    operations.Outcome.FINE: 'success',
    operations.Outcome.BREAKS: 'warning',
    operations.Outcome.UNSAFE: 'failure',
    # Of a fate that cannot be told.
    None: 'unread',
}


class Headings(NamedTuple):
    """What a page calls what was judged."""

    #: Of numbers.
    counted: str
    bar: str
    names: str
    unread: str
    read: str


def headings(whole: report.Report) -> Headings:
    """Return what is a host, or a file that is a part of one."""
    if whole.is_of_files:
        return Headings(
            _('Files'),
            _('Files: %s'),
            _('Files'),
            _('Files that were not read, or not fully'),
            _('Files, by settings and findings'),
        )
    return Headings(
        _('Hosts'),
        _('Hosts: %s'),
        _('Hosts and groups'),
        _('Hosts that were not read, or not fully'),
        _('Hosts, by settings and findings'),
    )


def hosts(names: Sequence[str], most: int = _MOST) -> Values:
    """Return few words to read, and all names to find unless each is shown.

    :param most: how many words; names that take more are counted instead
    """
    words = list(host_names.folded(names, _LONGEST))
    shown = words if len(words) <= most else words[: most - 1]
    are_few = len(names) <= _MOST and len(host_names.fold(names)) == len(names)
    return {
        'all': () if are_few else names,
        'left': len(names) - sum(word.number for word in shown),
        'number': terminal.number(len(names)),
        'words': [word.notation for word in shown],
    }


def body(
    paragraphs: Iterable[wording.Paragraph],
) -> list[tuple[bool, list[str]]]:
    """Return paragraphs, those together that are copied together."""
    return [
        (is_setting, [paragraph.text for paragraph in some])
        for is_setting, some in itertools.groupby(
            paragraphs, lambda paragraph: paragraph.is_setting
        )
    ]
