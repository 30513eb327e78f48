# SPDX-License-Identifier: Apache-2.0

"""Hosts with real disks, and guests that Nova puts on them."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import dataclasses
import inspect
import itertools
import pathlib
import shutil

from nova.compute import task_states
from nova import context
from nova import objects
from nova.virt.libvirt import driver

from nova_cow_check.nova import backends
from tests.nova import cases
from tests.nova import guests
from tests.nova import nova_compute
from tests.nova import qemu_tools
from tests.nova import remote

OTHER_IP = '192.0.2.2'


class Cloud:
    """Hosts that have the same instances_path, as the hosts of a cloud do.

    Disks, disk.info and the XML hold absolute paths. So each host is a tree
    of its own, and instances_path is a link to the tree of the local host.
    """

    def __init__(self, root: pathlib.Path) -> None:
        self._root = root
        self._instances = root / 'instances'
        self._others_instances = root / 'others-instances'
        self._path = remote.install(
            root, self._instances, self._others_instances
        )
        self._images = {}
        for image in (cases.RAW, cases.QCOW2):
            self._images[image] = root / f'image.{image.value}'
            qemu_tools.make_image(
                self._images[image],
                image,
                {
                    0: guests.IMAGE_START,
                    guests.IMAGE_REST_AT: guests.IMAGE_REST,
                },
            )
        self._numbers = itertools.count()
        self._booted: dict[cases.Boot, guests.Guest] = {}
        self._kept: set[pathlib.Path] = set()

    def image(self, image: backends.DiskFormat) -> pathlib.Path:
        """Return the image in a format, as Glance has it."""
        return self._images[image]

    def new_host(self, settings: cases.Settings) -> guests.Host:
        """Return a host that has no instances yet."""
        tree = self._root / f'host-{next(self._numbers)}'
        tree.mkdir()
        return guests.Host(tree, settings)

    def boot(self, boot: cases.Boot) -> guests.Guest:
        """Return a guest made by `spawn`, which has written its mark since.

        It is made once per session: whoever changes it takes a `copy`.
        """
        if boot not in self._booted:
            swap, ephemeral_gb = (8, 1) if boot.all_disks else (0, 0)
            guest = self.spawn(
                boot, guests.flavor(swap=swap, ephemeral_gb=ephemeral_gb)
            )
            for name, xml in guest.xml_formats().items():
                qemu_tools.guest_writes(
                    guest.folder / name, xml, guests.MARK, guests.MARK_AT
                )
            self._booted[boot] = guest
        guest = self._booted[boot]
        self.visit(guest.host)
        return guest

    def spawn(self, boot: cases.Boot, flavor: objects.Flavor) -> guests.Guest:
        """Have LibvirtDriver.spawn make a new guest on a new host."""
        return self.spawn_on(self.new_host(boot.settings), boot.image, flavor)

    def spawn_on(
        self,
        host: guests.Host,
        image: backends.DiskFormat,
        flavor: objects.Flavor,
        image_file: pathlib.Path | None = None,
    ) -> guests.Guest:
        """The same on a host, where disks of the guest can be already.

        :param image_file: the image, if it is not that of all guests
        """
        with self.driver_on(host, image, image_file=image_file) as compute:
            with nova_compute.xml_given_to_libvirt() as given:
                ctxt = context.get_admin_context()
                compute.spawn(
                    ctxt,
                    guests.instance(ctxt, flavor),
                    guests.image_meta(image),
                    injected_files=[],
                    admin_password=None,
                    allocations={},
                    network_info=guests.NO_NETWORK,
                    block_device_info=guests.block_device_info(flavor),
                    power_on=False,
                )
        folder = self._instances / guests.UUID
        return guests.Guest(host, folder, image, flavor, given[-1])

    def copy(self, guest: guests.Guest) -> guests.Guest:
        """Return the same guest on a copy of its host, free to be changed."""
        host = self.new_host(guest.host.settings)
        # cp keeps the holes in the disks; shutil would fill them.
        qemu_tools.run('cp', '-a', f'{guest.host.tree}/.', host.tree)
        self.visit(host)
        return dataclasses.replace(guest, host=host)

    def drop(self, guest: guests.Guest) -> None:
        """Remove a guest's host: the disks of all tests fill gigabytes."""
        shutil.rmtree(guest.host.tree)

    def keep(self, guest: guests.Guest) -> None:
        """Keep a guest's host for other tests, until it is dropped."""
        self._kept.add(guest.host.tree)

    @contextlib.contextmanager
    def for_once(self) -> Iterator[None]:
        """Remove the hosts that are made meanwhile.

        Those of `boot` stay, and those that are to be kept.
        """
        before = next(self._numbers)
        yield
        booted = {guest.host.tree for guest in self._booted.values()}
        kept = booted | self._kept
        for tree in set(self._root.glob('host-*')) - kept:
            if int(tree.name.partition('-')[2]) > before:
                shutil.rmtree(tree)

    def cold_migrate(
        self, guest: guests.Guest, settings: cases.Settings
    ) -> guests.Guest:
        """Move a guest to a new host and return it as it is there."""
        return self.resize(guest, settings, guest.flavor)

    def resize(
        self,
        guest: guests.Guest,
        settings: cases.Settings,
        flavor: objects.Flavor,
    ) -> guests.Guest:
        """The same, and give the guest another flavor."""
        destination = self.new_host(settings)
        return self._move(guest, destination, OTHER_IP, flavor)

    def cold_migrate_to(
        self, guest: guests.Guest, destination: guests.Host
    ) -> guests.Guest:
        """Move a guest to a host, which may share its instances_path."""
        return self._move(guest, destination, OTHER_IP, guest.flavor)

    def resize_in_place(self, guest: guests.Guest) -> guests.Guest:
        """Give a guest more memory, on the host that it is on."""
        flavor = guests.flavor(memory_mb=128)
        return self._move(guest, guest.host, nova_compute.MY_IP, flavor)

    def _move(
        self,
        guest: guests.Guest,
        destination: guests.Host,
        address: str,
        flavor: objects.Flavor,
    ) -> guests.Guest:
        """Do what the two compute managers do with their drivers."""
        ctxt = context.get_admin_context()
        instance = guests.instance(ctxt, guest.flavor)
        disk_info = self._send(guest, instance, flavor, address, destination)
        instance.task_state = task_states.RESIZE_FINISH
        instance.old_flavor, instance.new_flavor = instance.flavor, flavor
        instance.flavor = flavor
        with self.driver_on(destination, guest.image, guest.host) as compute:
            with nova_compute.xml_given_to_libvirt() as given:
                compute.finish_migration(
                    ctxt,
                    objects.Migration(source_compute='source'),
                    instance,
                    disk_info,
                    guests.NO_NETWORK,
                    guests.image_meta(guest.image),
                    # Whether the root disk's size changed.
                    resize_instance=flavor.root_gb != guest.flavor.root_gb,
                    allocations={},
                    block_device_info=guests.block_device_info(guest.flavor),
                    power_on=False,
                )
        return dataclasses.replace(
            guest, host=destination, flavor=flavor, xml=given[-1]
        )

    def hard_reboot(
        self, guest: guests.Guest, settings: cases.Settings | None = None
    ) -> guests.Guest:
        """Have LibvirtDriver._hard_reboot start a guest where it is.

        A start and the start of the host go through it, too.

        :param settings: those that its host has by now, if they changed
        """
        host = guests.Host(guest.host.tree, settings or guest.host.settings)
        ctxt = context.get_admin_context()
        # Without one, Nova leaves missing backing files missing.
        ctxt.auth_token = 'token'
        # Nova 28 knows no shares.
        expected = inspect.signature(driver.LibvirtDriver._hard_reboot)
        shares = {'share_info': None} if 'share_info' in str(expected) else {}
        with self.driver_on(host, guest.image) as compute:
            compute._host.write_instance_config(guest.xml)
            with nova_compute.xml_given_to_libvirt() as given:
                compute._hard_reboot(
                    ctxt,
                    guests.instance(ctxt, guest.flavor),
                    guests.NO_NETWORK,
                    block_device_info=guests.block_device_info(guest.flavor),
                    **shares,
                )
        return dataclasses.replace(guest, host=host, xml=given[-1])

    def revert(self, sent: guests.Guest) -> guests.Guest:
        """Have finish_revert_migration take a guest back.

        :param sent: the guest as it was before it was moved away
        """
        ctxt = context.get_admin_context()
        instance = guests.instance(ctxt, sent.flavor)
        instance.old_flavor = instance.new_flavor = sent.flavor
        with self.driver_on(sent.host, sent.image) as compute:
            with nova_compute.xml_given_to_libvirt() as given:
                compute.finish_revert_migration(
                    ctxt,
                    instance,
                    guests.NO_NETWORK,
                    objects.Migration(source_compute='source'),
                    block_device_info=guests.block_device_info(sent.flavor),
                    power_on=False,
                )
        return dataclasses.replace(sent, xml=given[-1])

    def send(self, guest: guests.Guest) -> None:
        """Have migrate_disk_and_power_off send a guest to another host."""
        instance = guests.instance(context.get_admin_context(), guest.flavor)
        destination = self.new_host(guest.host.settings)
        self._send(guest, instance, guest.flavor, OTHER_IP, destination)

    def _send(
        self,
        guest: guests.Guest,
        instance: objects.Instance,
        flavor: objects.Flavor,
        address: str,
        destination: guests.Host,
    ) -> str:
        with self.driver_on(guest.host, guest.image, destination) as compute:
            # libvirt on this host has known the guest since it was made.
            compute._host.write_instance_config(guest.xml)
            disk_info: str = compute.migrate_disk_and_power_off(
                context.get_admin_context(),
                instance,
                address,
                flavor,
                guests.NO_NETWORK,
                guests.block_device_info(guest.flavor),
            )
        return disk_info

    @contextlib.contextmanager
    def driver_on(
        self,
        host: guests.Host,
        image: backends.DiskFormat = cases.RAW,
        other: guests.Host | None = None,
        image_file: pathlib.Path | None = None,
    ) -> Iterator[driver.LibvirtDriver]:
        """Start the driver with the settings of a host.

        :param image: the format of the only image in Glance
        :param other: the host that ssh and scp reach
        """
        self.visit(host)
        _link(self._others_instances, (other or host).tree)
        with nova_compute.started(
            host.settings,
            self._instances,
            image,
            image_file or self._images[image],
            self._path,
        ) as compute:
            yield compute

    def visit(self, host: guests.Host) -> None:
        """Make a host the local one."""
        _link(self._instances, host.tree)


def _link(link: pathlib.Path, tree: pathlib.Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(tree)


def guest_has_its_data(guest: guests.Guest) -> bool:
    """Tell whether QEMU shows a guest its image and what it wrote."""
    seen = qemu_tools.guest_reads(guest.disk, guest.xml_format)
    mark = seen[guests.MARK_AT : guests.MARK_AT + len(guests.MARK)]
    return seen.startswith(guests.IMAGE_START) and mark == guests.MARK
