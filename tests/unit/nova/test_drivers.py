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
        # No names that Python could import.
        ('{{ compute_driver }}', 'unloadable'),
        ('@COMPUTE_DRIVER@', 'unloadable'),
        ('hunter2', 'unloadable'),
        ('custom.Driver # x', 'unloadable'),
        # Outside Nova.
        ('compute_hyperv.driver.HyperVDriver', 'outside'),
        ('compute_hyperv.cluster.driver.HyperVClusterDriver', 'outside'),
        ('compute_hyperv', 'unloadable'),
        ('powervm_ext.driver.PowerVMDriver', 'unknown'),
        ('lxd.LXDDriver', 'unknown'),
        ('nova_lxd.nova.virt.lxd.driver.LXDDriver', 'unknown'),
        ('novadocker.virt.docker.DockerDriver', 'unknown'),
        ('hyperv_ext.Driver', 'unknown'),
        ('fakelibvirt.Driver', 'derived'),
        ('cloud.virt.driver.MyLibvirtDriver', 'derived'),
        ('Cloud.LIBVIRT', 'derived'),
        # Nova has had one name of each class and module alone.
        ('vmwareapi.VMwareVCDrivr', 'unloadable'),
        ('ironic.Foo', 'unloadable'),
        ('zvm.ZVMDrive', 'unloadable'),
        # Python cannot import it.
        ('LibvirtDriver', 'unloadable'),
        ('libvirt.cloud.Driver', 'unloadable'),
        ('nova.virt.cloud_libvirt.Driver', 'unloadable'),
        ('cloud.libvirt.', 'unloadable'),
        ('cloud libvirt.Driver', 'unloadable'),
        ('cloud.LibvirtDriver # x', 'unloadable'),
        ('cloud-libvirt.Driver', 'unloadable'),
        ('kvm', 'unloadable'),
        ('lxd.LXDDriver\npassword = x', 'unloadable'),
        ("['nova.conf']", 'unloadable'),
        ('[]', 'unloadable'),
    ],
)
def test_kind_of(compute_driver: str | None, kind: str) -> None:
    assert drivers.kind_of(compute_driver).value == kind


@pytest.mark.parametrize('name', drivers.LOADABLE)
def test_a_driver_that_nova_has_is_none_that_it_cannot_load(name: str) -> None:
    kinds = (drivers.Kind.LIBVIRT, drivers.Kind.INDEPENDENT)
    assert drivers.kind_of(name) in kinds
