# SPDX-License-Identifier: Apache-2.0

"""The Nova that a process runs, by the metadata that is installed with it.

Nothing of it is run or imported. Where Python would look for packages is told
by the words that the process was started with, its environment and its
program; all of it is read within its root.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import os
import re
from typing import NamedTuple

from nova_cow_check.nova import releases
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

_PROC = '/proc'

#: Directories of Nova's metadata; older ones are files.
_METADATA = re.compile(
    r'nova(?:-[^-]+(?:-py[0-9.]+)?)?\.(?:dist|egg)-info', re.ASCII
)

#: Bytes of metadata in which its head is, of pyvenv.cfg, and of what is
#: mapped.
_LONGEST_HEAD = 65536
_LONGEST_SETTINGS = 65536
_LONGEST_MAPS = 4 * 1024**2

#: Where packages are below a prefix, those that Python looks at first before.
_LIBRARIES = ('local/lib64', 'local/lib', 'lib64', 'lib')
_PACKAGES = ('site-packages', 'dist-packages')

#: The version of a directory that all of Debian's Pythons have together.
_ANY = '3'

_PYTHON = re.compile(r'python(3(?:\.[0-9]+)?)', re.ASCII)
_MAPPED = re.compile(rb' (/[^\n]*?/(?:site|dist)-packages)/')

#: Options of Python behind which another word belongs to them.
_WITH_A_WORD = ('-W', '-X')


class Installed(NamedTuple):
    """A Nova that is installed."""

    #: As `releases.parse` understands it.
    release: str
    #: In seconds since the epoch.
    at: float


def find(pid: int, around: search.Surroundings) -> Installed | None:
    """Return the Nova that a process would import now.

    :param around: the surroundings of the process
    :returns: None if that cannot be told
    """
    try:
        python = _Python(pid, around)
        for directory in dict.fromkeys(python.directories()):
            found = {*_installed(directory, around.root)}
            if len({one.release for one in found}) > 1:
                return None
            if found:
                return max(found, key=lambda one: one.at)
    except (OSError, ValueError):
        # A null, which no path has; and what is not there any more.
        pass
    return None


class _Python:
    """The Python that a process runs, and where it looks for packages."""

    def __init__(self, pid: int, around: search.Surroundings) -> None:
        self._pid = pid
        self._around = around
        self._root = around.root
        words = os.fsdecode(_read(f'{_PROC}/{pid}/cmdline', _LONGEST_HEAD))
        self._words = words.split('\0')[:-1]
        self._top = os.readlink(f'{_PROC}/{pid}/root')
        self._program = self._within(os.readlink(f'{_PROC}/{pid}/exe'))
        self._version = _version(os.path.basename(self._program))

    def directories(self) -> Iterator[str]:
        """Yield the directories of packages, as seen from inside the root."""
        environment = self._around.environment
        if 'PYTHONHOME' in environment:
            # Nobody starts nova-compute so.
            return
        options = ''.join(self._options())
        if not re.search('[EI]', options):
            given = environment.get('PYTHONPATH', '').split(':')
            yield from (one for one in given if one.startswith('/'))
        prefixes = [*self._prefixes()]
        for prefix in prefixes:
            has_more = self._has_more_than(prefix)
            if has_more is not None:
                yield from self._below(prefix)
                if not has_more:
                    return
        if not re.search('[EIs]', options):
            yield from self._below(f'{self._around.home}/.local')
        for prefix in (*prefixes, _prefix(self._program)):
            yield from self._below(prefix)
        yield from self._mapped()

    def _options(self) -> Iterator[str]:
        """Yield the options of Python itself."""
        is_word = False
        for word in self._words[1:]:
            if is_word or not word.startswith('-'):
                if not is_word:
                    return
                is_word = False
            elif word.startswith(_WITH_A_WORD):
                is_word = word in _WITH_A_WORD
            else:
                yield word

    def _prefixes(self) -> Iterator[str]:
        """Yield where the interpreter and the script are installed.

        The name that Python was started by, of which a virtual environment
        has one of its own, and not the program that this leads to.
        """
        for word in self._words:
            if word.startswith('/'):
                yield _prefix(word)
                if not os.path.basename(word).startswith('python'):
                    return

    def _has_more_than(self, prefix: str) -> bool | None:
        """Return whether a virtual environment has the system's packages.

        :returns: None if it is no virtual environment
        """
        try:
            data = self._root.read(f'{prefix}/pyvenv.cfg', _LONGEST_SETTINGS)
        except OSError:
            return None
        lines = data.decode('utf-8', 'replace').lower().splitlines()
        settings = (line.partition('=') for line in lines)
        return any(
            key.strip() == 'include-system-site-packages'
            and value.strip() == 'true'
            for key, _equals, value in settings
        )

    def _below(self, prefix: str) -> Iterator[str]:
        """Yield the directories of packages of a prefix."""
        for library in _LIBRARIES:
            above = f'{prefix.rstrip("/")}/{library}'
            try:
                names = self._root.names(above)
            except OSError:
                continue
            for name in self._of_it(names):
                for packages in _PACKAGES:
                    yield f'{above}/{name}/{packages}'

    def _of_it(self, names: Sequence[str]) -> Sequence[str]:
        """Return the directories of this Python, and then of any version."""
        of_versions = [one for one in names if _PYTHON.fullmatch(one)]
        of_any = [one for one in of_versions if _version(one) == _ANY]
        own = [one for one in of_versions if one not in of_any]
        if self._version not in ('', _ANY):
            own = [one for one in own if _version(one) == self._version]
        # Of several, it is not known which.
        return [*(own if len(own) == 1 else ()), *of_any]

    def _mapped(self) -> Iterator[str]:
        """Yield the directories of packages of which a library is loaded."""
        try:
            data = _read(f'{_PROC}/{self._pid}/maps', _LONGEST_MAPS)
        except OSError:
            return
        for path in dict.fromkeys(_MAPPED.findall(data)):
            yield self._within(os.fsdecode(path))

    def _within(self, path: str) -> str:
        """Return a path of the kernel's as seen from inside the root.

        Behind chroot(2), it is told from our root directory.
        """
        if self._top != '/' and path.startswith(self._top + '/'):
            return path[len(self._top) :]
        return path


def _prefix(program: str) -> str:
    """Return what a program in ``bin`` is installed below."""
    return os.path.dirname(os.path.dirname(os.path.normpath(program)))


def _version(name: str) -> str:
    """Return for example ``3.11`` of ``python3.11``, '' if it is unknown."""
    found = _PYTHON.match(name)
    return found[1] if found else ''


def _installed(directory: str, root: roots.Root) -> Iterator[Installed]:
    """Yield the Novas in a directory of packages."""
    try:
        names: Sequence[str] = root.names(directory)
    except OSError:
        return
    for name in filter(_METADATA.fullmatch, names):
        for path in ('/METADATA', '/PKG-INFO', ''):
            try:
                with root.looked_at(f'{directory}/{name}{path}') as seen:
                    at = max(seen.status.st_ctime, seen.newest_link)
                data = root.read(f'{directory}/{name}{path}', _LONGEST_HEAD)
            except OSError:
                continue
            release = _release(data)
            if release:
                yield Installed(release, at)
            break


def _release(metadata: bytes) -> str:
    """Return the version in the head of metadata of Nova, '' if it is none.

    Source: the core metadata of Python packages, a head as that of mails.
    """
    head = re.split(rb'\r?\n\r?\n', metadata, maxsplit=1)[0]
    fields: dict[bytes, str] = {}
    for line in head.splitlines():
        name, colon, value = line.partition(b':')
        if colon and not name[:1].isspace():
            words = value.strip().decode('ascii', 'replace')
            fields.setdefault(name.lower(), words)
    version = fields.get(b'version', '')
    is_nova = fields.get(b'name', '').lower() == 'nova'
    return version if is_nova and releases.parse(version) else ''


def _read(path: str, largest: int) -> bytes:
    with open(path, 'rb') as stream:
        return stream.read(largest)
