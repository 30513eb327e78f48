# SPDX-License-Identifier: Apache-2.0

"""The commands of the pages that tell how to repair a guest, to be run."""

from __future__ import annotations

from collections.abc import Sequence
import os
import pathlib
import re
import subprocess

from nova_cow_check.rules import registry

#: Where sudo and another user are not to be had.
STAND_INS = {
    'sudo': 'shift 2\nexec "$@"\n',
    'install': 'exec mkdir "$6"\n',
}


def install_stand_ins(folder: pathlib.Path) -> pathlib.Path:
    """Write them into a new folder, and return that."""
    folder.mkdir()
    for name, text in STAND_INS.items():
        path = folder / name
        path.write_text(f'#!/bin/sh\n{text}')
        path.chmod(0o755)
    return folder


def commands(rule: str, beginning: str) -> str:
    """Return the block of commands of a page that begins so."""
    text = registry.page(rule).text
    blocks = re.findall(r'::\n\n((?:    .*\n)+)', text)
    (found,) = [one for one in blocks if one.strip().startswith(beginning)]
    return str(found)


def run(
    script: str,
    name: str,
    folder: pathlib.Path,
    stand_ins: pathlib.Path,
    within: Sequence[str] = (),
) -> str:
    """Run commands of a page for a disk, in the guest's directory.

    :param within: a command that runs another one on the guest's host
    """
    script = re.sub(r'^ *name=.*\n', '', script)
    return subprocess.run(
        [*within, 'bash', '-u'],
        input=f'cd {folder}\nname={name}\n{script}',
        env={**os.environ, 'PATH': f'{stand_ins}:{os.environ["PATH"]}'},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout


def was_converted(words: str, size: int) -> bool:
    """Judge what was printed about a disk, as the page says."""
    first, *lines = words.splitlines()
    rows = {line.split()[0]: ' '.join(line.split()[1:]) for line in lines}
    zero = ' '.join(['00'] * 8)
    return (
        rows['0000000'] == '51 46 49 fb 00 00 00 03'
        and rows['0000008'] == rows['0000072'] == zero
        and rows['0000016'].startswith('00 00 00 00')
        and rows['0000032'].startswith('00 00 00 00')
        and int(rows['0000024'].replace(' ', ''), 16) == size
        and first != f'{size} bytes'
    )


RAW_PAGE = 'raw-disks-opened-as-qcow2'

#: What the page tells apart.
RAW, SOUND, FOREIGN = 'raw', 'sound', 'foreign'

_NOVAS = re.compile(r'/_base/(?:ephemeral_|swap_|[0-9a-f]{40})[^/]*')


def seen_as(
    folder: pathlib.Path,
    name: str,
    size: int,
    stand_ins: pathlib.Path,
    within: Sequence[str] = (),
) -> str:
    """Judge a disk as the page of `RAW_PAGE` does, with its commands."""
    words = run(commands(RAW_PAGE, 'name='), name, folder, stand_ins, within)
    first, *lines = words.splitlines()
    rows = {line.split()[0]: ' '.join(line.split()[1:]) for line in lines}
    if not rows['0000000'].startswith('51 46 49 fb'):
        return RAW
    zero = ' '.join(['00'] * 8)
    is_alone = rows['0000008'] == zero and rows['0000016'].startswith(
        '00 00 00 00'
    )
    backing = ''
    if not is_alone:
        backing = run(
            commands(RAW_PAGE, 'at='), name, folder, stand_ins, within
        )
        backing = backing.removeprefix(str(folder.parent))
    is_sound = (
        first != f'{size} bytes'
        and rows['0000000'].endswith('00 00 00 03')
        and int(rows['0000024'].replace(' ', ''), 16) == size
        and rows['0000032'].startswith('00 00 00 00')
        and rows['0000072'] == zero
        and (is_alone or _NOVAS.fullmatch(backing))
    )
    return SOUND if is_sound else FOREIGN
