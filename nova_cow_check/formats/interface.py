# SPDX-License-Identifier: Apache-2.0

"""What a format is: a function from a report to text.

An entry point of the group ``nova_cow_check.formats`` names one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
import dataclasses
import secrets
from typing import Any, NamedTuple

import stevedore

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.reports import report


class Appearance(NamedTuple):
    """What a reader's terminal can show; formats for programs ignore it."""

    #: Columns of a line.
    width: int = 80
    #: Whether it shows colours.
    has_colour: bool = False


#: Takes a report and returns the pieces of its text, in order. It prints and
#: writes nothing, and gives no character that could act on a terminal but the
#: line break.
Format = Callable[[report.Report, Appearance], Iterable[str]]


NAMESPACE = 'nova_cow_check.formats'


def load(name: str) -> Format:
    """Return the format with this name.

    :raises UsageError: if there is none; the message names those that could
        be meant, or all
    :raises FormatNotUsable: if it cannot be loaded
    """
    failures: list[BaseException] = []
    # Generic in new releases of stevedore only.
    manager: Any = stevedore.NamedExtensionManager(
        NAMESPACE,
        [name],
        on_load_failure_callback=lambda _manager, _entry_point, error: (
            failures.append(error)
        ),
        on_missing_entrypoints_callback=lambda _names: None,
    )
    for extension in manager:
        found: Format = extension.plugin
        return found
    if failures:
        raise FormatNotUsable(name, failures[0])
    names = sorted(set(manager.entry_points_names()))
    raise errors.did_you_mean(
        _('no format is called "%s"') % printing.value_as_shown(name),
        errors.similar(name, names),
        _('there are %s') % ', '.join(names),
    )


class FormatNotUsable(errors.NoVerdict):
    """A format is installed, but something that it needs is not."""

    def __init__(self, name: str, error: BaseException) -> None:
        reason = str(error) if isinstance(error, ImportError) else ''
        super().__init__(
            _('the format %(name)s cannot be loaded: %(reason)s')
            % {'name': name, 'reason': reason or type(error).__name__}
        )


#: Different hosts of a fleet; more than that are forgotten again.
_REMEMBERED = 1024


def alike_texts(
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
    # The pieces of a text between names, and theirs between paths.
    made: dict[Hashable, list[list[str]]] = {}
    for host in whole.hosts:
        source = host.source
        own_name = encode(printing.printable(host.name))
        own_path = encode(printing.printable(source.path)) if source else ''
        ends_plainly = not source or source.path[-1:] not in ('', '/')
        # Of hosts with guests, no two are alike, and their text is long.
        is_own = host.guests is not None
        if is_own or own_name is None or own_path is None or not ends_plainly:
            yield render(host)
            continue
        # By identity: hosts alike share it.
        key = id(host.known), id(host.rows), host.group, source and source.kind
        if key not in made:
            if len(made) == _REMEMBERED:
                made.clear()
            named = source._replace(path=path) if source else None
            alike = dataclasses.replace(host, name=name, source=named)
            pieces = render(alike).split(name)
            made[key] = [piece.split(path) for piece in pieces]
        yield own_name.join(map(own_path.join, made[key]))
