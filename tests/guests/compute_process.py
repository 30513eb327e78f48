# SPDX-License-Identifier: Apache-2.0

"""Nova's libvirt driver on one host: what nova-compute does with it.

A program, run in a host: it reads a JSON object a line, ``{"do": operation,
...}``, and answers each with ``{"result": ...}`` or ``{"error": class,
"text": message}``. Everything that touches a disk, an XML or a domain is
Nova's own; `stand_ins` has what is not.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
import traceback
import warnings

# Nova reads it when it is imported.
os.environ['OS_NOVA_DISABLE_EVENTLET_PATCHING'] = '1'
warnings.simplefilter('ignore')

# First: it settles the matter of eventlet before others look for it.
import nova.tests.functional  # noqa: F401,E402

import libvirt  # noqa: E402
from nova.compute import power_state  # noqa: E402
from nova.compute import task_states  # noqa: E402
import nova.conf  # noqa: E402
from nova import config  # noqa: E402
from nova import context  # noqa: E402
from nova import exception  # noqa: E402
from nova import objects  # noqa: E402
from nova.virt import fake  # noqa: E402
from nova.virt.libvirt import driver  # noqa: E402
from oslo_utils import uuidutils  # noqa: E402

from tests.guests import records  # noqa: E402
from tests.guests import stand_ins  # noqa: E402

CONF = nova.conf.CONF


class Compute:
    """The driver, started with a nova.conf, and the operations on guests.

    The methods that do not begin with an underscore are the operations.
    """

    def __init__(self, glance: stand_ins.Glance) -> None:
        self._glance = glance
        self._context = context.get_admin_context()
        self._driver: driver.LibvirtDriver | None = None

    def start(self, paths: list[str]) -> None:
        """Start as nova-compute does.

        :param paths: its configuration files
        """
        CONF.reset()
        config.parse_args(
            ['nova-compute', *(f'--config-file={path}' for path in paths)],
            configure_db=False,
            init_rpc=False,
        )
        # As ComputeManager.init_host does before it starts the driver.
        nova.conf.neutron.register_dynamic_opts(CONF)
        nova.conf.devices.register_dynamic_opts(CONF)
        before = self._driver
        self._driver = driver.LibvirtDriver(fake.FakeVirtAPI(), False)
        if before is not None:
            # A process has one connection to libvirt, and one loop of events.
            self._driver._host = before._host
        self._driver.init_host(CONF.host)
        # What two hosts here share is no NFS, as libvirt wants it to be.
        self._driver._live_migration_flags |= libvirt.VIR_MIGRATE_UNSAFE

    def spawn(self, guest: records.Data) -> None:
        self._driver.spawn(
            self._context,
            self._instance(guest),
            records.image_meta(guest),
            injected_files=[],
            admin_password=None,
            allocations={},
            network_info=records.NO_NETWORK,
            block_device_info=records.block_devices(guest),
        )

    def hard_reboot(self, guest: records.Data) -> None:
        instance = self._instance(guest)
        self._driver.reboot(
            self._context,
            instance,
            records.NO_NETWORK,
            'HARD',
            records.block_devices(guest),
        )

    def stop(self, guest: records.Data) -> None:
        self._driver.power_off(self._instance(guest))

    def power_on(
        self, guest: records.Data, is_asked_for: bool = False
    ) -> None:
        """Start a guest.

        :param is_asked_for: whether a user does: only with a user's token
            does Nova fetch an image that is missing
        """
        instance = self._instance(guest)
        its_context = context.get_admin_context()
        its_context.auth_token = 'token' if is_asked_for else None
        self._driver.power_on(
            its_context,
            instance,
            records.NO_NETWORK,
            records.block_devices(guest),
        )

    def resume_on_host_boot(self, guest: records.Data) -> None:
        self._driver.resume_state_on_host_boot(
            self._context,
            self._instance(guest),
            records.NO_NETWORK,
            objects.ShareMappingList(),
            records.block_devices(guest),
        )

    def rescue(self, guest: records.Data) -> None:
        self._driver.rescue(
            self._context,
            self._instance(guest),
            records.NO_NETWORK,
            records.image_meta(guest),
            'password',
            records.block_devices(guest),
            objects.ShareMappingList(),
        )

    def unrescue(self, guest: records.Data) -> None:
        self._driver.unrescue(self._context, self._instance(guest))

    def snapshot(self, guest: records.Data) -> str:
        """Return the path of the image that Glance got."""
        image = uuidutils.generate_uuid()
        self._driver.snapshot(
            self._context, self._instance(guest), image, lambda **_: None
        )
        return str(self._glance.path(image))

    def unshelve(self, guest: records.Data, image: str) -> None:
        """Spawn a guest from the path of an image that Glance got."""
        instance = self._instance(guest)
        name = pathlib.Path(image).name
        made_of = self._glance.format_of(name)
        meta = records.image_meta({**guest, 'image': made_of})
        instance.image_ref = meta.id = name
        self._driver.spawn(
            self._context,
            instance,
            meta,
            injected_files=[],
            admin_password=None,
            allocations={},
            network_info=records.NO_NETWORK,
            block_device_info=records.block_devices(guest),
        )

    def delete(self, guest: records.Data) -> None:
        instance = self._instance(guest)
        self._driver.destroy(
            self._context,
            instance,
            records.NO_NETWORK,
            records.block_devices(guest),
        )

    def delete_for_revert(self, guest: records.Data) -> None:
        """Delete a guest that another host takes back."""
        instance = self._instance(guest)
        instance.task_state = task_states.RESIZE_REVERTING
        self._driver.destroy(
            self._context,
            instance,
            records.NO_NETWORK,
            records.block_devices(guest),
        )

    def state(self, guest: records.Data) -> str:
        """Return the power state: what the API makes ACTIVE of is running."""
        try:
            info = self._driver.get_info(self._instance(guest))
        except exception.InstanceNotFound:
            return 'no domain'
        return str(power_state.STATE_MAP[info.state])

    def send(
        self, guest: records.Data, address: str, flavor: records.Data
    ) -> str:
        """Stop a guest and copy its disks; a resize or cold migration."""
        disk_info: str = self._driver.migrate_disk_and_power_off(
            self._context,
            self._instance(guest),
            address,
            records.flavor_of(flavor),
            records.NO_NETWORK,
            records.block_devices(guest),
        )
        return disk_info

    def receive(
        self,
        guest: records.Data,
        disk_info: str,
        flavor: records.Data,
        power_on: bool,
    ) -> None:
        """Make what came from another host a guest here, and start it."""
        instance = self._instance(guest)
        instance.task_state = task_states.RESIZE_FINISH
        instance.old_flavor = instance.flavor
        instance.new_flavor = instance.flavor = records.flavor_of(flavor)
        self._driver.finish_migration(
            self._context,
            objects.Migration(source_compute='source'),
            instance,
            disk_info,
            records.NO_NETWORK,
            records.image_meta(guest),
            resize_instance=flavor['root_gb'] != guest['flavor']['root_gb'],
            allocations={},
            block_device_info=records.block_devices(guest),
            power_on=power_on,
        )

    def confirm(self, guest: records.Data) -> None:
        self._driver.confirm_migration(
            self._context,
            objects.Migration(source_compute=CONF.host),
            self._instance(guest),
            records.NO_NETWORK,
        )

    def revert(self, guest: records.Data, power_on: bool) -> None:
        """Take a guest back that was sent, once it is deleted elsewhere."""
        self._driver.finish_revert_migration(
            self._context,
            self._instance(guest),
            records.NO_NETWORK,
            objects.Migration(source_compute=CONF.host),
            records.block_devices(guest),
            power_on=power_on,
        )

    def check_destination(self, guest: records.Data) -> records.Data:
        """Begin a live migration to here; its data goes from step to step."""
        node = {'cpu_info': '', 'disk_available_least': 1000}
        instance = self._instance(guest)
        checked = self._driver.check_can_live_migrate_destination(
            self._context, instance, node, node, None, None
        )
        return records.serialized(checked)

    def check_source(
        self, guest: records.Data, migrate_data: records.Data
    ) -> records.Data:
        migration = records.deserialized(migrate_data)
        migration.is_volume_backed = False
        checked = self._driver.check_can_live_migrate_source(
            self._context,
            self._instance(guest),
            migration,
            records.block_devices(guest),
        )
        return records.serialized(checked)

    def end_check(self, migrate_data: records.Data) -> None:
        self._driver.cleanup_live_migration_destination_check(
            self._context, records.deserialized(migrate_data)
        )

    def disk_info(
        self, guest: records.Data, migrate_data: records.Data
    ) -> str | None:
        """Return what there is to copy, None if nothing is."""
        if not records.deserialized(migrate_data).block_migration:
            return None
        found: str = self._driver.get_instance_disk_info(
            self._instance(guest), records.block_devices(guest)
        )
        return found

    def prepare(
        self,
        guest: records.Data,
        disks: str | None,
        migrate_data: records.Data,
    ) -> records.Data:
        prepared = self._driver.pre_live_migration(
            self._context,
            self._instance(guest),
            records.block_devices(guest),
            records.NO_NETWORK,
            disks,
            records.deserialized(migrate_data),
        )
        return records.serialized(prepared)

    def migrate_live(
        self, guest: records.Data, address: str, migrate_data: records.Data
    ) -> bool:
        """Return whether the guest is on the other host now."""
        migration = records.deserialized(migrate_data)
        migration.migration = objects.Migration(
            id=1, uuid=guest['uuid'], status='running'
        )
        instance = self._instance(guest)
        ends: list[bool] = []
        try:
            self._driver.live_migration(
                self._context,
                instance,
                address,
                lambda *_, **__: ends.append(True),
                lambda *_, **__: ends.append(False),
                migration.block_migration,
                migration,
            )
        except libvirt.libvirtError:
            # QEMU refused: Nova has been told to roll back before.
            if ends != [False]:
                raise
        (is_there,) = ends
        if is_there:
            self._driver.post_live_migration(
                self._context,
                instance,
                records.block_devices(guest),
                migration,
            )
            self._driver.post_live_migration_at_source(
                self._context, instance, records.NO_NETWORK
            )
            # As ComputeManager._live_migration_cleanup_flags tells.
            if not migration.is_shared_instance_path:
                self._driver.cleanup(
                    self._context,
                    instance,
                    records.NO_NETWORK,
                    destroy_disks=True,
                    migrate_data=migration,
                    destroy_vifs=False,
                )
        return is_there

    def end_live(self, guest: records.Data) -> None:
        """End a live migration to here that went well."""
        self._driver.post_live_migration_at_destination(
            self._context,
            self._instance(guest),
            records.NO_NETWORK,
            True,
            records.block_devices(guest),
        )

    def roll_back(
        self, guest: records.Data, migrate_data: records.Data
    ) -> None:
        """End a live migration to here that did not."""
        self._driver.rollback_live_migration_at_destination(
            self._context,
            self._instance(guest),
            records.NO_NETWORK,
            records.block_devices(guest),
            migrate_data=records.deserialized(migrate_data),
        )

    def _instance(self, guest: records.Data) -> objects.Instance:
        self._glance.formats[records.image_id(guest)] = guest['image']
        return records.instance_of(guest)


def main(glance_folder: str) -> None:
    """Answer until there is nothing more to read."""
    # What else prints, such as a library that warns, must not answer.
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    objects.register_all()
    glance = stand_ins.Glance(pathlib.Path(glance_folder))
    compute = Compute(glance)
    with stand_ins.patched(glance):
        for line in sys.stdin:
            asked = json.loads(line)
            operation = getattr(compute, asked.pop('do'))
            try:
                answer = {'result': operation(**asked)}
            except Exception as error:
                traceback.print_exc()
                answer = {'error': type(error).__name__, 'text': str(error)}
            print(json.dumps(answer), file=answers, flush=True)
    # libvirt's threads do not end.
    os._exit(0)


if __name__ == '__main__':
    main(*sys.argv[1:])
