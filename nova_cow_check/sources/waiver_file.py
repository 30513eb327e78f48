# SPDX-License-Identifier: Apache-2.0

"""The file with an operator's waivers, and the option that names it."""

from __future__ import annotations

from collections.abc import Mapping
import datetime
import re
from typing import Any

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_config
from nova_cow_check.settings import parsing
from nova_cow_check.sources import files
from nova_cow_check.sources import search

#: More of them than any cloud has hosts; reading 1 MiB takes 2 s.
_LARGEST_FILE = 1024 * 1024


def configured(
    conf: cfg.ConfigOpts,
    configuration: host_config.Configuration,
    surroundings: search.Surroundings,
) -> tuple[findings.Waiver, ...]:
    """Read the file that [nova_cow_check]/waivers_file names, if it does.

    :param configuration: where the values of conf come from
    :param surroundings: those in which the option was written
    :raises ConfigurationError: if it cannot be read, or is not understood
    """
    option = opts.WAIVERS_FILE
    opts.register(conf)
    text, name, line = _written(configuration)
    try:
        path = conf[option.group][option.name] or ''
    except (cfg.Error, ValueError, RecursionError):
        path = None
    if path is None or '\0' in path:
        reason = _('the value of %s cannot be used') % option
        raise errors.ConfigurationError(reason, name, line)
    if not path:
        return ()
    # What a reference stands for, or a line behind it, could be a password.
    is_shown = '$' not in text and '\n' not in text
    shown = None if is_shown else printing.value_as_shown(text)
    return read(path, surroundings, shown)


def _written(
    configuration: host_config.Configuration,
) -> tuple[str, str | None, int | None]:
    """Return what is written for the option, and in which place and line."""
    option = opts.WAIVERS_FILE
    variable = configuration.environment.get(option.variable)
    if variable is not None:
        return variable, option.variable, None
    found = configuration.assignments(option.group, option.name)
    if not found:
        return '', None, None
    return found[-1].text, found[-1].origin.name, found[-1].origin.line


def read(
    path: str, surroundings: search.Surroundings, shown: str | None = None
) -> tuple[findings.Waiver, ...]:
    """Read a file of waivers.

    :param path: as seen from these surroundings
    :param shown: what errors and reports call it; without it, its path
    :raises ConfigurationError: if it cannot be read, or is not understood
    """
    root = surroundings.root
    path = surroundings.expand(path)
    shown = shown or root.shown_path(path)
    too_large = _('larger than %d MiB: not a file of waivers')
    data = files.read_limited(path, root, shown, too_large, _LARGEST_FILE)
    return parse(data, shown, datetime.date.today())


#: A yaml.Node; its subclasses alone have the attribute `id`.
_Node = Any

_KEYS = ('rule', 'hosts', 'guests', 'reason', 'expires')

_DAY = r'\d{4}-\d{2}-\d{2}'

_NULL = 'tag:yaml.org,2002:null'


def parse(
    data: bytes, path: str, today: datetime.date
) -> tuple[findings.Waiver, ...]:
    """Parse a list of waivers; an empty document has none.

    :param path: shown in errors and reports; not opened
    :param today: a waiver whose last day is before this one has expired
    :raises ConfigurationError: with the line
    """
    document = _compose(data, path)
    if document is None or _is_empty(document):
        return ()
    if document.id != 'sequence':
        raise _error(path, document, _('not a list of waivers'))
    return tuple(_waiver(path, node, today) for node in document.value)


def _compose(data: bytes, path: str) -> _Node | None:
    """Return the tree of YAML's nodes, which know their lines."""
    # Only for who has waivers: it takes a tenth of the start-up.
    import yaml

    try:
        return yaml.compose(data, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _('not valid YAML; a pattern such as "*" needs quotes')
        line = mark.line + 1 if mark else None
        raise errors.ConfigurationError(reason, path, line) from None
    except (yaml.YAMLError, RecursionError):
        raise errors.ConfigurationError(_('not valid YAML'), path) from None


def _waiver(path: str, node: _Node, today: datetime.date) -> findings.Waiver:
    entries = _entries(path, node)
    rule = _words(path, node, entries, 'rule')
    if rule not in registry.RULES:
        reason = _('there is no rule %s; nova-cow-check rules lists them')
        reason %= printing.value_as_shown(rule)
        raise _error(path, entries['rule'], reason)
    expires = _day(path, entries.get('expires'))
    return findings.Waiver(
        rule=rule,
        hosts=_hosts(path, entries.get('hosts')),
        reason=_words(path, node, entries, 'reason'),
        expires=expires,
        is_expired=expires is not None and expires < today,
        origin=parsing.Origin(parsing.OriginKind.FILE, path, _line(node)),
        guests=_guests(path, entries, rule),
    )


def _entries(path: str, node: _Node) -> Mapping[str, _Node]:
    """Return the values of a waiver, by key."""
    keys = ', '.join(_KEYS)
    if node.id != 'mapping':
        raise _error(path, node, _('not a waiver, which has: %s') % keys)
    entries: dict[str, _Node] = {}
    for key, value in node.value:
        if key.value not in _KEYS:
            reason = _('unknown key; a waiver has: %s') % keys
            raise _error(path, key, reason)
        if key.value in entries:
            raise _error(path, key, _('%s is given twice') % key.value)
        entries[key.value] = value
    return entries


def _words(
    path: str, node: _Node, entries: Mapping[str, _Node], key: str
) -> str:
    """Return the text of a key that a waiver has to have."""
    value = entries.get(key)
    if value is None or _is_empty(value):
        reason = _('the waiver has no %s') % key
        raise _error(path, node if value is None else value, reason)
    if value.id != 'scalar':
        raise _error(path, value, _('%s is not text') % key)
    return str(value.value).strip()


def _hosts(path: str, value: _Node | None) -> tuple[str, ...]:
    """Return the patterns; none at all is for all hosts."""
    if value is None:
        return ()
    nodes = value.value if value.id == 'sequence' else [value]
    if not nodes or any(map(_is_empty, nodes)):
        reason = _('hosts names none; for all hosts, leave it out')
        raise _error(path, value, reason)
    for node in nodes:
        if node.id != 'scalar':
            raise _error(path, node, _('hosts is not a list of patterns'))
    return tuple(str(node.value) for node in nodes)


def _guests(
    path: str, entries: Mapping[str, _Node], rule: str
) -> tuple[str, ...]:
    """Return the UUIDs, which a rule about guests needs, and no other has."""
    value = entries.get('guests')
    is_about_guests = registry.RULES[rule] in registry.GUEST_RULES
    if value is None and is_about_guests:
        reason = _(
            'a waiver of %s names its guests, as "guests: [UUID]": one for '
            'all would hide the next broken guest'
        )
        raise _error(path, entries['rule'], reason % rule)
    if value is None:
        return ()
    if not is_about_guests:
        reason = _('guests: %s is not about guests')
        raise _error(path, value, reason % rule)
    nodes = value.value if value.id == 'sequence' else [value]
    if not nodes:
        raise _error(path, value, _('guests names none'))
    return tuple(_uuid(path, node) for node in nodes)


def _uuid(path: str, node: _Node) -> str:
    # Only for who has such waivers: nothing else of guests is loaded.
    from nova_cow_check.guests import inventory

    found = str(node.value).strip().lower() if node.id == 'scalar' else ''
    if not inventory.is_uuid(found):
        reason = _('guests is not a list of UUIDs, without patterns')
        raise _error(path, node, reason)
    return found


def _day(path: str, value: _Node | None) -> datetime.date | None:
    if value is None:
        return None
    if value.id == 'scalar' and re.fullmatch(_DAY, value.value):
        try:
            return datetime.date.fromisoformat(value.value)
        except ValueError:
            pass
    reason = _('expires is not a date such as 2027-01-31')
    raise _error(path, value, reason)


def _is_empty(node: _Node) -> bool:
    """Return whether nothing is written, or only blanks."""
    return node.id == 'scalar' and (
        node.tag == _NULL or not node.value.strip()
    )


def _line(node: _Node) -> int:
    return int(node.start_mark.line) + 1


def _error(path: str, node: _Node, reason: str) -> errors.ConfigurationError:
    return errors.ConfigurationError(reason, path, _line(node))
