# SPDX-License-Identifier: Apache-2.0

"""Prints the reports of the golden files, in the language of this process.

``python -m tests.functional.golden_reports FORMAT``
"""

from __future__ import annotations

import sys

from nova_cow_check.formats import interface
from tests.unit.formats import test_golden

#: Stands before each of them.
MARK = '%%%%'


def main() -> None:
    render = interface.load(sys.argv[1])
    for name, made in test_golden.REPORTS.items():
        print(f'{MARK} {name}')
        sys.stdout.writelines(render(made(), interface.Appearance()))


if __name__ == '__main__':
    main()
