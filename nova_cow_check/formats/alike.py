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


"""Texts of hosts that differ in nothing but names, each made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
import dataclasses
import secrets

from nova_cow_check import report
from nova_cow_check import text

#: Different hosts of a fleet; more than that are forgotten again.
_REMEMBERED = 1024


def texts(
    whole: report.Report,
    render: Callable[[report.HostReport], str],
    encode: Callable[[str], str | None],
) -> Iterator[str]:
    """Yield the text of each host.

    :param render: makes the text of one; its name, and the path that it is
        read from, are no part of any sentence in it
    :param encode: returns what stands in the text for a name or a path,
        None if that depends on what stands around it
    """
    # Not to be guessed by who writes a nova.conf, and plain in any format.
    name = f'name{secrets.token_hex(16)}'
    path = f'path{secrets.token_hex(16)}'
    made: dict[Hashable, str] = {}
    for host in whole.hosts:
        source = host.source
        own_name = encode(text.printable(host.name))
        own_path = encode(text.printable(source.path)) if source else ''
        ends_plainly = not source or source.path[-1:] not in ('', '/')
        if own_name is None or own_path is None or not ends_plainly:
            yield render(host)
            continue
        key = _key(host)
        if key not in made:
            if len(made) == _REMEMBERED:
                made.clear()
            named = source._replace(path=path) if source else None
            made[key] = render(
                dataclasses.replace(host, name=name, source=named)
            )
        yield made[key].replace(name, own_name).replace(path, own_path)


def _key(host: report.HostReport) -> Hashable:
    """Return what else there is, by identity: hosts alike share it."""
    return (
        id(host.known),
        id(host.rows),
        host.domain,
        host.source and host.source.kind,
    )
