# SPDX-License-Identifier: Apache-2.0

"""Which compute drivers read the image settings.

The option's value is what follows ``nova.virt.`` in the name of the class:
nova/virt/driver.py, load_compute_driver.
"""

from __future__ import annotations

from collections.abc import Mapping
import enum
import re
import types

LIBVIRT = 'libvirt.LibvirtDriver'

#: The spellings that Nova can import; full paths worked up to 13.x.
LIBVIRT_SPELLINGS = (LIBVIRT, 'libvirt.driver.LibvirtDriver')

#: Drivers that read use_cow_images themselves -> release without them.
REMOVED: Mapping[str, str] = types.MappingProxyType(
    {'hyperv': '29.0.0 (2024.1)', 'xenapi': '22.0.0 (Victoria)'}
)

LAST_REMOVAL = REMOVED['hyperv']

#: Drivers of Nova that never read any of the options.
INDEPENDENT = frozenset({'fake', 'ironic', 'powervm', 'vmwareapi', 'zvm'})

#: Where Nova looks drivers up; not a part of the value any more.
PREFIX = 'nova.virt.'

#: What Python can import: a class, and the modules that it is in.
_NAME = re.compile(r'(?!nova\.virt\.)[a-z]\w*(\.\w+)+', re.ASCII)


class Kind(enum.Enum):
    """What a compute_driver has to do with the image settings."""

    LIBVIRT = 'libvirt'
    REMOVED = 'removed'
    INDEPENDENT = 'independent'
    #: Not set: no compute service's configuration.
    NONE = 'none'
    #: Not a driver of Nova's.
    UNKNOWN = 'unknown'
    #: Meant to be a driver of Nova's, but Nova cannot load it.
    UNLOADABLE = 'unloadable'


#: Drivers that Nova has, or had.
OF_NOVA = frozenset({Kind.LIBVIRT, Kind.REMOVED, Kind.INDEPENDENT})


def kind_of(compute_driver: str | None) -> Kind:
    """Classify a value of [DEFAULT]/compute_driver."""
    if not compute_driver:
        return Kind.NONE
    if compute_driver in LIBVIRT_SPELLINGS:
        return Kind.LIBVIRT
    family = family_of(compute_driver)
    if compute_driver.startswith(PREFIX) or family.lower() == 'libvirt':
        return Kind.UNLOADABLE
    if family not in REMOVED and family not in INDEPENDENT:
        return Kind.UNKNOWN
    if not _NAME.fullmatch(compute_driver):
        return Kind.UNLOADABLE
    return Kind.REMOVED if family in REMOVED else Kind.INDEPENDENT


def loadable(compute_driver: str) -> str:
    """Return the value that was meant by an unloadable one.

    Of that, only a name: lines that continue it may be another option's.
    """
    if family_of(compute_driver).lower() == 'libvirt':
        return LIBVIRT
    name = _NAME.match(compute_driver.removeprefix(PREFIX))
    return name[0] if name else LIBVIRT


def family_of(compute_driver: str) -> str:
    """Return the package of a driver, for example ``libvirt``."""
    return compute_driver.removeprefix(PREFIX).partition('.')[0]
