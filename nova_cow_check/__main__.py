# SPDX-License-Identifier: Apache-2.0

"""nova-cow-check, as ``python -m nova_cow_check``."""

from __future__ import annotations

import sys

from nova_cow_check.cmd import main

if __name__ == '__main__':
    sys.exit(main.main())
