# SPDX-License-Identifier: Apache-2.0

"""The options of guests: whether they are looked at, and where they are."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.sources import arguments


def add(add_argument: Callable[..., object]) -> None:
    """Add --guests, and where they are.

    :param add_argument: takes what argparse's add_argument does
    """
    add_argument(
        '--guests',
        dest='guests',
        action='store_true',
        help=_(
            'look at the disks of the guests that exist here, too, and tell '
            'which are broken, which will be, and how to repair them; '
            'nothing is changed, and it takes root'
        ),
    )
    add_argument(
        '--instances-path',
        dest='instances_path',
        metavar='DIR',
        type=arguments.not_empty,
        help=_(
            'where the directory of all instances is here, if that is not '
            'what [DEFAULT]/instances_path says'
        ),
    )
    add_argument(
        '--domains',
        dest='domains',
        metavar='DIR',
        type=arguments.not_empty,
        help=_(
            'where the XML of the guests is here, if that is not '
            '/etc/libvirt/qemu'
        ),
    )


def require(chosen: argparse.Namespace) -> None:
    """Refuse places of guests that nobody asks for, or that are not here.

    :raises UsageError: if there are any
    """
    named = chosen.instances_path, chosen.domains
    if not chosen.guests and named != (None, None):
        raise errors.UsageError(
            _('--instances-path and --domains go with --guests')
        )
    if chosen.guests and getattr(chosen, 'paths', None):
        raise errors.UsageError(
            _(
                'PATH does not go with --guests: they are looked at on their '
                'host, with report --guests --output json:HOST.json'
            )
        )
