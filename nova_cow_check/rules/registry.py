# SPDX-License-Identifier: Apache-2.0

"""All rules, by name, and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
import types
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.rules import backend_changed
from nova_cow_check.rules import changes_not_in_effect
from nova_cow_check.rules import driver_removed
from nova_cow_check.rules import flat_disks_converted
from nova_cow_check.rules import force_raw_images_changed
from nova_cow_check.rules import guest_rules
from nova_cow_check.rules import ignored_setting
from nova_cow_check.rules import implicit_image_backend
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import mixed_force_raw_images
from nova_cow_check.rules import mixed_image_backends
from nova_cow_check.rules import raw_disks_opened_as_qcow2
from nova_cow_check.rules import rbd_without_raw_images
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check.rules import unsafe_flat_resize
from nova_cow_check.rules import use_cow_images_unused

#: All of them, once, in the order in which their findings are shown.
_ALL: tuple[rule.Rule, ...] = (
    unreadable_configuration.RULE,
    invalid_setting.RULE,
    changes_not_in_effect.RULE,
    ignored_setting.RULE,
    driver_removed.RULE,
    use_cow_images_unused.RULE,
    rbd_without_raw_images.RULE,
    implicit_image_backend.RULE,
    raw_disks_opened_as_qcow2.RULE,
    flat_disks_converted.RULE,
    unsafe_flat_resize.RULE,
    backend_changed.RULE,
    force_raw_images_changed.RULE,
    mixed_image_backends.RULE,
    mixed_force_raw_images.RULE,
    *guest_rules.RULES,
)

RULES: Mapping[str, rule.Rule] = types.MappingProxyType(
    {one.name: one for one in _ALL}
)

#: Those about one host.
HOST_RULES = tuple(one for one in _ALL if isinstance(one, rule.HostRule))

#: Those that compare a host with what it was in an earlier report.
CHANGE_RULES = tuple(one for one in _ALL if isinstance(one, rule.ChangeRule))

#: Those about one host that no setting ends.
PROCESS_RULES = frozenset(
    one.name for one in HOST_RULES if one.is_about_process
)

#: Those that compare hosts.
FLEET_RULES = tuple(one for one in _ALL if isinstance(one, rule.FleetRule))

#: Those about guests, whose findings are made only where they are looked at.
GUEST_RULES = tuple(one for one in _ALL if isinstance(one, rule.GuestRule))


class Page(NamedTuple):
    """The page of one rule, as far as it is translated in that language."""

    #: One sentence, on one line.
    summary: str
    #: The whole page: reStructuredText that a terminal of 80 columns shows
    #: as it is.
    text: str


def page(name: str) -> Page:
    """Read the page of a rule.

    A message of a catalogue is what stands between two blank lines, with
    its line breaks, and is not an example. The title is the rule's name in
    every language.

    :param name: the name of a registered rule
    :raises FileNotFoundError: if there is no page of that name
    """
    path = resources.files('nova_cow_check.rules') / 'pages' / f'{name}.rst'
    text = path.read_text(encoding='utf-8').rstrip('\n')
    title, *paragraphs = text.split('\n\n')
    summary, *others = (
        (_ if is_message(one) else str)(one) for one in paragraphs
    )
    whole = '\n\n'.join([title, summary, *others])
    return Page(' '.join(summary.split()), f'{whole}\n')


def is_message(paragraph: str) -> bool:
    """Return whether a paragraph of a page is translated."""
    return not paragraph.startswith('    ')
