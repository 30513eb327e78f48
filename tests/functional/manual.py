# SPDX-License-Identifier: Apache-2.0

"""The manual, README.rst and doc/source, as its blocks of code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
from typing import NamedTuple

import yaml

ROOT = pathlib.Path(__file__).parents[2]

_BLOCK = re.compile(
    r'^\.\. code-block:: (?P<language>\w+)\n'
    r'(?:   :name: (?P<name>\S+)\n)?'
    r'\n(?P<body>(?:(?:   .*)?\n)+)',
    re.MULTILINE,
)


class Session(NamedTuple):
    """A command of a console, and what it prints."""

    command: str
    output: str


class Block(NamedTuple):
    """A block of code."""

    language: str
    #: Of the file that holds it, None if it is none.
    name: str | None
    text: str

    @property
    def sessions(self) -> list[Session]:
        parts = re.split(r'^\$ ', self.text, flags=re.MULTILINE)[1:]
        pairs = (part.partition('\n') for part in parts)
        return [
            Session(command, output) for command, _newline, output in pairs
        ]

    @property
    def commands(self) -> list[str]:
        """Our commands in what another tool runs."""
        if self.language == 'yaml':
            return list(_commands(yaml.safe_load(self.text)))
        return re.findall(r'\bnova-cow-\w+ [^\'"\n]+', self.text)


class Document(NamedTuple):
    """A document in reStructuredText."""

    path: pathlib.Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def content(self) -> str:
        return self.path.read_text()

    @property
    def blocks(self) -> list[Block]:
        return [_block(match) for match in _BLOCK.finditer(self.content)]

    def blocks_in(self, *languages: str) -> list[Block]:
        return [block for block in self.blocks if block.language in languages]

    @property
    def sessions(self) -> list[Session]:
        """The commands of all console blocks, in order."""
        consoles = self.blocks_in('console')
        return [session for block in consoles for session in block.sessions]

    def with_outputs(self, outputs: Sequence[str]) -> str:
        """Return the content with these outputs of its commands."""
        left = iter(outputs)

        def replace(match: re.Match[str]) -> str:
            block = _block(match)
            if block.language != 'console':
                return match[0]
            lines = []
            for session in block.sessions:
                lines.append(f'$ {session.command}')
                lines += next(left).splitlines()
            text = textwrap.indent('\n'.join(lines) + '\n', '   ')
            return f'.. code-block:: console\n\n{text}\n'

        return _BLOCK.sub(replace, self.content).rstrip('\n') + '\n'


README = Document(ROOT / 'README.rst')

#: The pages of the rules have tests of their own.
DOCUMENTS = [
    README,
    *map(Document, sorted((ROOT / 'doc' / 'source').glob('*.rst'))),
]


def copy_tree(document: Document, directory: pathlib.Path) -> None:
    """Copy the source tree, with the files that a document shows.

    The copy is without history and build products, as a clone is.
    """
    ignored = (ROOT / '.gitignore').read_text().replace('/', '').split()
    shutil.copytree(
        ROOT, directory, ignore=shutil.ignore_patterns('.git', *ignored)
    )
    for block in document.blocks:
        if block.name:
            path = directory / block.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text)


def run(
    command: str,
    directory: pathlib.Path,
    status: int = 0,
    stderr: int = subprocess.STDOUT,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell in which the last status was this one."""
    commands = pathlib.Path(sys.executable).parent
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('OS_', 'PYTHON'))
    }
    environment['PATH'] = f'{commands}:{environment["PATH"]}'
    return subprocess.run(
        ['bash', '-c', f'(exit {status}); {command}'],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def _block(match: re.Match[str]) -> Block:
    text = textwrap.dedent(match['body']).strip('\n') + '\n'
    return Block(match['language'], match['name'], text)


def _commands(node: object) -> Iterator[str]:
    """Yield the lines in a tree of YAML that are commands of ours."""
    if isinstance(node, str):
        for line in node.splitlines():
            if line.startswith('nova-cow-'):
                yield line
    elif isinstance(node, dict):
        for value in node.values():
            yield from _commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from _commands(value)
