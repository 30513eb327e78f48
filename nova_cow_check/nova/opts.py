# SPDX-License-Identifier: Apache-2.0

"""The Nova options that decide how disks are made and moved.

Types, choices and defaults are those of nova/conf/compute.py and
nova/conf/libvirt.py (Nova 34.0.0); a test compares them with Nova's own.
"""

from __future__ import annotations

from typing import Final

from oslo_config import cfg


class Option:
    """An option of Nova, with the group it belongs to."""

    def __init__(self, group: str, opt: cfg.Opt) -> None:
        self.group: Final = group
        self.opt: Final = opt

    @property
    def name(self) -> str:
        return self.opt.name

    @property
    def variable(self) -> str:
        """The environment variable that beats the files."""
        return variable_of(self.group, self.name)

    @property
    def opt_group(self) -> str | None:
        """The group in the form that oslo.config's methods take."""
        return None if self.group == 'DEFAULT' else self.group

    def __str__(self) -> str:
        return f'[{self.group}]/{self.name}'


IMAGES_TYPES = ('raw', 'flat', 'qcow2', 'lvm', 'rbd', 'ploop', 'default')


def variable_of(group: str, name: str) -> str:
    """Return the environment variable of an option of any project.

    Source: oslo_config/sources/_environment.py.
    """
    return f'OS_{group.upper()}__{name.upper()}'


#: The driver that nova-compute loads.
COMPUTE_DRIVER = Option('DEFAULT', cfg.StrOpt('compute_driver'))
#: Decides the disk format where images_type is "default", and whether a
#: resize or cold migration converts a raw disk.
USE_COW_IMAGES = Option('DEFAULT', cfg.BoolOpt('use_cow_images', default=True))
#: Whether images are converted to raw when they are fetched.
FORCE_RAW_IMAGES = Option(
    'DEFAULT', cfg.BoolOpt('force_raw_images', default=True)
)
#: The format of the disks that the libvirt driver makes.
IMAGES_TYPE = Option(
    'libvirt',
    cfg.StrOpt('images_type', default='default', choices=IMAGES_TYPES),
)

OPTIONS = (COMPUTE_DRIVER, IMAGES_TYPE, USE_COW_IMAGES, FORCE_RAW_IMAGES)

#: Where instances are, and their backing files. They are read only where
#: guests are looked at, and are no part of what a host is judged by. The
#: default of the second is the folder that Nova was installed in.
INSTANCES_PATH = Option(
    'DEFAULT', cfg.StrOpt('instances_path', default='$state_path/instances')
)
STATE_PATH = Option('DEFAULT', cfg.StrOpt('state_path', default='$pybasedir'))
IMAGE_CACHE = Option(
    'image_cache',
    cfg.StrOpt(
        'subdirectory_name',
        default='_base',
        deprecated_name='image_cache_subdirectory_name',
        deprecated_group='DEFAULT',
    ),
)
GUEST_OPTIONS = (INSTANCES_PATH, STATE_PATH, IMAGE_CACHE)

#: Options that those can refer to, if they are written: their defaults are
#: known on the host alone.
NAMED_IN_PATHS = tuple(
    Option('DEFAULT', cfg.StrOpt(name))
    for name in ('pybasedir', 'my_ip', 'host')
)

#: The one option that is not Nova's.
WAIVERS_FILE = Option(
    'nova_cow_check',
    cfg.StrOpt(
        'waivers_file',
        metavar='PATH',
        help='YAML file with the findings of nova-cow-check that are '
        'accepted on this host, a reason for each. They are shown, and do '
        'not count.',
    ),
)


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """Return this package's own options, for oslo-config-generator."""
    return [(WAIVERS_FILE.group, [WAIVERS_FILE.opt])]


def register(conf: cfg.ConfigOpts) -> None:
    """Register the options that are not registered yet.

    Nova's own declarations, which have help texts, are left alone:
    oslo.config calls the same option with another help text a duplicate.
    """
    for option in (*OPTIONS, WAIVERS_FILE):
        try:
            conf.register_opt(option.opt, group=option.opt_group)
        except cfg.DuplicateOptError:
            continue
