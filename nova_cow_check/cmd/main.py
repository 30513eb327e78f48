# SPDX-License-Identifier: Apache-2.0

"""nova-cow-check: from the command line to the exit code."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
import gc
import sys


def main(argv: Sequence[str] | None = None) -> int:
    """Run nova-cow-check.

    :param argv: the command line's, without the program's name
    :returns: the exit code: 0 success, 1 warning, 2 failure, 255 no verdict
    """
    # The modules that are imported are no garbage, and looking for some
    # among them, now or at the exit, takes a tenth of the start-up.
    gc.disable()
    atexit.register(gc.freeze)
    try:
        # Only here, so that this holds for all of them.
        from nova_cow_check.cmd import dispatch

        return dispatch.run(sys.argv[1:] if argv is None else argv)
    finally:
        gc.enable()


if __name__ == '__main__':
    sys.exit(main())
