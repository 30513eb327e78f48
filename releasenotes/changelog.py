# SPDX-License-Identifier: Apache-2.0

"""Write CHANGELOG.rst anew from the release notes: ``tox -e releasenotes``.

reno does the formatting. It would ask git's tags which notes are of which
version; an sdist has none, so notes that no earlier section of CHANGELOG.rst
names are those of the version that the package has now. An earlier section
is left as it was published.
"""

from __future__ import annotations

from collections.abc import Mapping
import pathlib
import re
import sys
from typing import Any

from reno import config
from reno import formatter
from reno import loader
import yaml

# The script runs where the package is not installed.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import nova_cow_check

ROOT = pathlib.Path(__file__).parents[1]

CHANGELOG = ROOT / 'CHANGELOG.rst'

_TITLE = 'Changes'

#: What a section of a version begins with.
_SECTION = re.compile(rf'^\.\. _{_TITLE}_(?P<version>\d[^_\n]*):$', re.M)

#: What names the file of a note.
_SOURCE = re.compile(r'^\.\. (releasenotes/notes/\S+\.yaml)$', re.M)


class _Notes(loader.Loader):  # type: ignore[misc]
    """The notes of one version, read from files and not from git."""

    def __init__(self, conf: config.Config, files: Mapping[str, Any]) -> None:
        self._files = files
        super().__init__(conf)

    def _load_data(self) -> None:
        version = nova_cow_check.__version__
        self._cache = {'file-contents': self._files}
        self._scanner_output = {version: [(name, '') for name in self._files]}
        self._tags_to_dates: dict[str, float] = {}


def written(changelog: str) -> str:
    """Return what CHANGELOG.rst is to be.

    :param changelog: what it is
    """
    earlier = _earlier(changelog)
    known = set(_SOURCE.findall(earlier))
    files = {
        name: yaml.safe_load(path.read_text(encoding='utf-8'))
        for path in sorted((ROOT / 'releasenotes' / 'notes').glob('*.yaml'))
        for name in [str(path.relative_to(ROOT))]
        if name not in known
    }
    conf = config.Config(str(ROOT))
    with _Notes(conf, files) as notes:
        report = formatter.format_report(
            notes, conf, notes.versions, title=_TITLE
        )
    # reno names the commit as well, and there is none.
    report = re.sub(r'^(\.\. \S+\.yaml) @ $', r'\1', report, flags=re.M)
    return '\n'.join(filter(None, [report.rstrip() + '\n', earlier]))


def _earlier(changelog: str) -> str:
    """Return the sections of all versions but that of now."""
    for section in _SECTION.finditer(changelog):
        if section['version'] != nova_cow_check.__version__:
            return changelog[section.start() :]
    return ''


def main() -> None:
    """Write CHANGELOG.rst."""
    content = CHANGELOG.read_text(encoding='utf-8')
    CHANGELOG.write_text(written(content), encoding='utf-8')


if __name__ == '__main__':
    main()
