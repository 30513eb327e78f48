# SPDX-License-Identifier: Apache-2.0

"""What the page on shells says to link is found by them.

Its commands run where /opt, /usr/local/share and /etc/fish are directories of
the test.
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess

import pytest

from tests.functional import conftest
from tests.functional import manual
from tests.package import shells

PAGE = manual.Document(manual.ROOT / 'doc' / 'source' / 'shell.rst')

LINKING = ''.join(
    block.text
    for block in PAGE.blocks_in('bash')
    if 'mkdir -p /usr/local/share' in block.text
)

MOUNTING = """
for place in /opt /usr/local/share /etc/fish; do
    mkdir -p "$HOME$place" $place
    mount --bind "$HOME$place" $place
done
"""

#: What the shells are asked, and what they answer.
QUESTIONS = {
    'fish -c \'complete -C "nova-cow-check rep"\' | cut -f 1': 'report\n',
    "zsh -f -c 'autoload compinit; compinit -uD; "
    "print $_comps[nova-cow-check]'": '_nova-cow-check\n',
    'bash -c "source /usr/local/share/bash-completion/completions/nova-cow-'
    'status; complete -p"': (
        'complete -o bashdefault -F _shtab_nova_cow_status nova-cow-status\n'
    ),
    'head -c 3 /usr/local/share/man/man1/nova-cow-check-fix.1': '.TH',
}


@pytest.mark.parametrize('question', QUESTIONS, ids=lambda one: one.split()[0])
def test_what_is_linked_is_found(
    question: str, tmp_path: pathlib.Path
) -> None:
    for program in ('unshare', question.split()[0]):
        conftest.required(
            shutil.which(program) is not None, f'needs {program}'
        )
    shutil.copytree(
        shells.SHARE, tmp_path / 'opt' / 'nova-cow-check' / 'share'
    )
    script = f'{MOUNTING}\n{LINKING}\ncd /\n{question}'
    unshare = ('unshare', '--map-root-user', '--mount')
    result = subprocess.run(
        [*unshare, 'bash', '-ec', script],
        env=conftest.environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (result.stderr, result.stdout) == ('', QUESTIONS[question])
