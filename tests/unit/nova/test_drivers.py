# SPDX-License-Identifier: Apache-2.0

"""What a compute_driver is, however it is written."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import drivers


@pytest.mark.parametrize(
    'compute_driver, kind',
    [
        (None, 'none'),
        ('', 'none'),
        ('libvirt.LibvirtDriver', 'libvirt'),
        ('libvirt.driver.LibvirtDriver', 'libvirt'),
        ('libvirt', 'unloadable'),
        ('Libvirt.LibvirtDriver', 'unloadable'),
        ('libvirt.LibvirtDriver # x', 'unloadable'),
        ('nova.virt.libvirt.LibvirtDriver', 'unloadable'),
        ('nova.virt.fake.FakeDriver', 'unloadable'),
        ('ironic.IronicDriver # x', 'unloadable'),
        ('ironic.IronicDriver\npassword = x', 'unloadable'),
        ('ironic', 'unloadable'),
        ('hyperv.driver.HyperVDriver\nx', 'unloadable'),
        ('hyperv.driver.HyperVDriver', 'removed'),
        ('xenapi.XenAPIDriver', 'removed'),
        ('powervm.PowerVMDriver', 'independent'),
        ('vmwareapi.VMwareVCDriver', 'independent'),
        ('ironic.IronicDriver', 'independent'),
        ('zvm.ZVMDriver', 'independent'),
        ('fake.SmallFakeDriver', 'independent'),
        ('nova_lxd.LXDDriver', 'unknown'),
        ('fakelibvirt.Driver', 'unknown'),
    ],
)
def test_kind_of(compute_driver: str | None, kind: str) -> None:
    assert drivers.kind_of(compute_driver).value == kind


@pytest.mark.parametrize(
    'written, meant',
    [
        ('nova.virt.libvirt.driver.LibvirtDriver', 'libvirt.LibvirtDriver'),
        ('LIBVIRT.LibvirtDriver', 'libvirt.LibvirtDriver'),
        ('nova.virt.ironic.IronicDriver', 'ironic.IronicDriver'),
        ('nova.virt.ironic.IronicDriver\nS3cr3t', 'ironic.IronicDriver'),
        ('ironic.IronicDriver # S3cr3t', 'ironic.IronicDriver'),
        ('ironic.IronicDriver\x1b', 'ironic.IronicDriver'),
        ('nova.virt.custom.driver.Driver=S3cr3t', 'custom.driver.Driver'),
        # Nothing that could have been meant.
        ('ironic', 'libvirt.LibvirtDriver'),
        ('nova.virt.S3cr3t', 'libvirt.LibvirtDriver'),
        ('nova.virt.\nS3cr3t', 'libvirt.LibvirtDriver'),
        ('nova.virt.nova.virt.fake.Driver', 'libvirt.LibvirtDriver'),
    ],
)
def test_loadable(written: str, meant: str) -> None:
    assert drivers.loadable(written) == meant
    assert drivers.kind_of(meant) is not drivers.Kind.UNLOADABLE
