# SPDX-License-Identifier: Apache-2.0

"""Write what is made of the parsers: manual pages and completions.

``python -m tests.package.from_parsers DIRECTORY`` writes them below a
directory, such as share.
"""

from __future__ import annotations

import pathlib
import sys

from tests.package import completions
from tests.package import man_pages


def texts() -> dict[str, str]:
    """Return all files, by their paths below share."""
    pages = {
        f'man/man1/{name}': text for name, text in man_pages.pages().items()
    }
    return {**pages, **completions.texts()}


def main() -> None:
    """Write all files below the directory that is given."""
    for name, text in texts().items():
        path = pathlib.Path(sys.argv[1], name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == '__main__':
    main()
