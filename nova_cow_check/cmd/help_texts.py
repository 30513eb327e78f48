# SPDX-License-Identifier: Apache-2.0

"""What stands below the options in a help: examples, environment."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from nova_cow_check._i18n import _
from nova_cow_check.cmd import vocabulary

#: Command -> words of an example -> what it does; '' is for the program.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    '': {
        'upgrade check': _(
            'check what nova-compute reads on this host; the exit code is '
            'the verdict'
        ),
        'report': _('tell all about this host, and what to write'),
        'report --output html:report.html hosts/': _(
            'make a page about all hosts whose files are collected in hosts/'
        ),
        'fix': _('show what to write as changes of the files'),
        'rules implicit-image-backend': _('explain a finding'),
    },
    vocabulary.CHECK: {
        'upgrade check': _('check what nova-compute reads on this host'),
        'upgrade check --running': _(
            'check what the nova-compute that runs here reads, in a '
            'container or not'
        ),
        'upgrade check --config-file nova.conf --json': _(
            'check this file alone, for a program'
        ),
    },
    vocabulary.REPORT: {
        'report --guests --output json:compute1.json': _(
            'look at this host and its guests, for a report on all hosts'
        ),
        'report hosts/ --output html:report.html': _(
            'make a page about all hosts whose files are collected in hosts/'
        ),
        'report hosts/ --group cell1=compute[001-100] --fail-on failure': _(
            'compare the hosts of a cell with one another; a warning is no '
            'reason to stop'
        ),
        'report hosts/ --compare before.json': _(
            'tell what has changed since an earlier report'
        ),
    },
    vocabulary.FIX: {
        'fix': _('show what to write; nothing is changed'),
        'fix --write': _('write it, and keep a copy of each file'),
        'fix --for kolla-ansible': _(
            'show what to write for the tool that makes these files'
        ),
        'fix --rule implicit-image-backend hosts/': _(
            'show what ends the findings of one rule on collected hosts'
        ),
    },
    vocabulary.RULES: {
        'rules': _('list all rules'),
        'rules implicit-image-backend': _('explain a rule'),
    },
}


class Formatter(argparse.HelpFormatter):
    """Keeps the lines of a text apart, each with its own indentation.

    argparse makes one paragraph of them. What can be pasted, with an
    indentation of two, is never broken.
    """

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.split('\n'):
            words = line.lstrip()
            own = indent + line[: len(line) - len(words)]
            is_kept = len(own) == 2
            # As argparse's own RawDescriptionHelpFormatter overrides it.
            lines.append(
                own + words
                if is_kept
                else super()._fill_text(words, width, own)
            )
        return '\n'.join(lines)


def epilog(command: str, *paragraphs: str) -> str:
    """Return what stands below the options of a command, for a Formatter.

    :param command: '' for the program
    :param paragraphs: what is to be said besides
    """
    examples = [_('examples:')]
    for words, what in EXAMPLES[command].items():
        examples += [f'  {vocabulary.PROGRAM} {words}', f'      {what}']
    environment = [
        _('environment:'),
        '  NO_COLOR',
        '      ' + _('if it is not empty, nothing is coloured'),
    ]
    parts = ['\n'.join(examples), '\n'.join(environment), *paragraphs]
    return '\n\n'.join(parts)
