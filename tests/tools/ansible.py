# SPDX-License-Identifier: Apache-2.0

"""Run ansible-playbook, with nothing of whoever runs the tests."""

from __future__ import annotations

import os
import pathlib
import subprocess

from tests.tools import cases


def play(directory: pathlib.Path, *arguments: str, **environment: str) -> None:
    """Run a playbook that must not fail.

    :param directory: the only place that is written to
    :param environment: where plugins are
    """
    (directory / 'ansible.cfg').touch()
    done = subprocess.run(
        [str(cases.BIN / 'ansible-playbook'), *arguments],
        cwd=directory,
        env={
            'HOME': str(directory),
            'LC_ALL': 'C.UTF-8',
            'PATH': f'{cases.BIN}:{os.environ["PATH"]}',
            'ANSIBLE_CONFIG': str(directory / 'ansible.cfg'),
            'ANSIBLE_FORKS': '4',
            'ANSIBLE_NOCOLOR': '1',
            'ANSIBLE_PIPELINING': '1',
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
