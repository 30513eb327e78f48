# SPDX-License-Identifier: Apache-2.0

"""What a container of kolla is told to copy before its service starts.

Sources: kolla, docker/base/start.sh and set_configs.py.
"""

from __future__ import annotations

import json
import os
from typing import Any

from nova_cow_check.sources import roots

#: Where a container finds the folder that the host has for its service.
MOUNTED = '/var/lib/kolla/config_files'
#: The list, in that folder.
LIST = 'config.json'

#: Bytes; those that deployments write have less than two thousand.
_LARGEST_LIST = 256 * 1024

#: What glob takes for a pattern.
_MAGIC = frozenset('*?[')


def copies(path: str, root: roots.Root) -> dict[str, str]:
    """Return what is copied, paths of sources by those of their copies.

    What is a pattern, or a directory, is not followed.

    :param path: of the list, as seen from inside the root
    :raises OSError: if it cannot be read
    :raises ValueError: if it is no such list
    """
    data = root.read(path, _LARGEST_LIST)
    if len(data) > _LARGEST_LIST:
        raise ValueError(len(data))
    try:
        listed = json.loads(data)['config_files']
        return dict(filter(None, map(_copied, listed)))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(path) from error


def _copied(entry: Any) -> tuple[str, str] | None:
    """Return a copy and its source; None where it is not that simple."""
    source, copy = entry['source'], entry['dest']
    if not isinstance(source, str) or not isinstance(copy, str):
        return None
    if not source.startswith('/') or _MAGIC.intersection(source):
        return None
    if copy.endswith('/'):
        copy += os.path.basename(source)
    return os.path.normpath(copy), source
