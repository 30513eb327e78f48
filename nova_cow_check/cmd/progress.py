#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""How far a command is, for people who wait at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import sys
from typing import TypeVar

T = TypeVar('T')

#: Seconds before it is shown at all.
_PATIENCE = 0.5


def shown(items: Iterable[T], total: int) -> Iterator[T]:
    """Yield items, and show on standard error how many there have been.

    Only at a terminal, and only with tqdm, which is an extra.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    try:
        import tqdm
    except ImportError:
        yield from items
        return
    # Its thread would be copied into every process that reads.
    tqdm.tqdm.monitor_interval = 0
    with tqdm.tqdm(
        items,
        total=total,
        unit='host',
        delay=_PATIENCE,
        leave=False,
        file=sys.stderr,
        dynamic_ncols=True,
    ) as bar:
        yield from bar
