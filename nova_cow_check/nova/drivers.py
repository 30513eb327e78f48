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

#: One name of each driver that Nova has, but for those of its own tests.
SHORT_NAMES = (
    LIBVIRT,
    'ironic.IronicDriver',
    'vmwareapi.VMwareVCDriver',
    'zvm.ZVMDriver',
)

#: The names with which Nova 34.0.0 loads a driver; of those in
#: nova/virt/fake.py, which its tests use, the ones that others use, too.
LOADABLE = (
    *SHORT_NAMES,
    'libvirt.driver.LibvirtDriver',
    'ironic.driver.IronicDriver',
    'vmwareapi.driver.VMwareVCDriver',
    'zvm.driver.ZVMDriver',
    'fake.FakeDriver',
    'fake.SmallFakeDriver',
    'fake.MediumFakeDriver',
)

#: Drivers that read use_cow_images themselves -> release without them.
REMOVED: Mapping[str, str] = types.MappingProxyType(
    {'hyperv': '29.0.0 (2024.1)', 'xenapi': '22.0.0 (Victoria)'}
)

LAST_REMOVAL = REMOVED['hyperv']

#: Packages outside Nova whose drivers read use_cow_images themselves.
#: Source: compute_hyperv/nova/vmops.py.
OUTSIDE = frozenset({'compute_hyperv'})

#: Drivers of Nova that never read any of the options.
INDEPENDENT = frozenset({'fake', 'ironic', 'powervm', 'vmwareapi', 'zvm'})

#: Of those, the ones whose only names are in `LOADABLE`.
_WITH_FEW_NAMES = frozenset({'ironic', 'vmwareapi', 'zvm'})

#: Where Nova looks drivers up; not a part of the value any more.
PREFIX = 'nova.virt.'

#: What Python can import: a class, and the modules that it is in. Compiled
#: when looked for: most hosts have a driver of Nova.
_NAME = r'(?!nova\.virt\.)[a-z]\w*(\.\w+)+'


class Kind(enum.Enum):
    """What a compute_driver has to do with the image settings."""

    LIBVIRT = 'libvirt'
    REMOVED = 'removed'
    INDEPENDENT = 'independent'
    #: Not set.
    NONE = 'none'
    #: Not Nova's, but named after libvirt's, which it is taken for.
    DERIVED = 'derived'
    #: Not Nova's, and reads use_cow_images itself.
    OUTSIDE = 'outside'
    #: Not Nova's: what it reads is not known.
    UNKNOWN = 'unknown'
    #: What Nova cannot load.
    UNLOADABLE = 'unloadable'


#: Drivers that Nova has, or had.
OF_NOVA = frozenset({Kind.LIBVIRT, Kind.REMOVED, Kind.INDEPENDENT})

#: Taken for the libvirt driver; what is assumed is no reason to compare.
ASSUMED = frozenset({Kind.NONE, Kind.DERIVED})

#: Judged as the libvirt driver.
AS_LIBVIRT = ASSUMED | {Kind.LIBVIRT}


def kind_of(compute_driver: str | None) -> Kind:
    """Classify a value of [DEFAULT]/compute_driver."""
    if not compute_driver:
        return Kind.NONE
    if compute_driver in LIBVIRT_SPELLINGS:
        return Kind.LIBVIRT
    family = family_of(compute_driver)
    if not is_named_as_novas(compute_driver):
        return _kind_of_others(compute_driver, family)
    is_of_nova = family in REMOVED or family in INDEPENDENT
    if not is_of_nova or not re.fullmatch(_NAME, compute_driver, re.ASCII):
        return Kind.UNLOADABLE
    if family in _WITH_FEW_NAMES and compute_driver not in LOADABLE:
        return Kind.UNLOADABLE
    return Kind.REMOVED if family in REMOVED else Kind.INDEPENDENT


def is_named_as_novas(compute_driver: str) -> bool:
    """Return whether a value was meant to be a driver of Nova's."""
    family = family_of(compute_driver)
    return (
        compute_driver.startswith(PREFIX)
        or family.lower() == 'libvirt'
        or family in REMOVED
        or family in INDEPENDENT
    )


def _kind_of_others(compute_driver: str, family: str) -> Kind:
    """Classify what is no driver of Nova's."""
    parts = compute_driver.split('.')
    # A class in a module, or Python cannot import it.
    if len(parts) < 2 or not all(map(str.isidentifier, parts)):
        return Kind.UNLOADABLE
    if family in OUTSIDE:
        return Kind.OUTSIDE
    is_derived = 'libvirt' in compute_driver.lower()
    return Kind.DERIVED if is_derived else Kind.UNKNOWN


def family_of(compute_driver: str) -> str:
    """Return the package of a driver, for example ``libvirt``."""
    return compute_driver.removeprefix(PREFIX).partition('.')[0]
