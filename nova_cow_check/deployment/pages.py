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

"""Overrides as pages: what to write, in a frame of comments."""

from __future__ import annotations

from collections.abc import Sequence
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check.deployment import wanted as wants

_WIDTH = 79


def comment(text: str) -> str:
    """Return comment lines with a text; no path or command is broken."""
    lines = textwrap.wrap(
        text, _WIDTH - 2, break_long_words=False, break_on_hyphens=False
    )
    return ''.join(f'# {line}\n' for line in lines)


def page(
    wanted: wants.Wanted,
    *,
    where: str,
    body: str,
    removal: str,
    deploy: Sequence[str],
    trailer: str = '',
) -> str:
    """Return a whole override.

    :param where: tells where the body is to be written
    :param body: what to write; left out if nothing is to be set
    :param removal: tells where a setting, its ``%s``, is to be removed from
    :param deploy: lines of the command that deploys it
    :param trailer: what to write in any case
    """
    pieces = [comment(where) + body] if wanted.settings else []
    pieces += [
        comment(removal % f'[{group}]/{name}')
        for group, name in wanted.removed
    ]
    if trailer:
        pieces[-1] += trailer
    commands = ''.join(f'#   {line}\n' for line in deploy)
    pieces.append(comment(_('Then deploy it:')) + commands)
    return '\n'.join(pieces)
