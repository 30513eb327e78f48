# SPDX-License-Identifier: Apache-2.0

"""Where the files of a host are in a tree of it, as tools collect it."""

from __future__ import annotations

from typing import Final

#: The folder at the top of a tree, by which it is known.
TOP: Final = 'etc'

#: What kolla has on the host for its container, in place of the other.
KOLLA: Final = 'etc/kolla/nova-compute'

PLACES: Final = ('etc/nova', KOLLA)
