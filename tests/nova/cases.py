# SPDX-License-Identifier: Apache-2.0

"""The settings, disks and moves that are run through Nova."""

from __future__ import annotations

import dataclasses
import itertools

from nova_cow_check.nova import backends

RAW = backends.DiskFormat.RAW
QCOW2 = backends.DiskFormat.QCOW2

#: The values of images_type whose disks are files in instances_path.
FILE_IMAGES_TYPES = ('default', 'qcow2', 'flat', 'raw')
#: The values of images_type.
IMAGES_TYPES = (*FILE_IMAGES_TYPES, 'lvm', 'rbd', 'ploop')
BOOLEANS = (True, False)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The image settings of one host, named as in nova.conf."""

    images_type: str
    use_cow_images: bool
    force_raw_images: bool

    @property
    def backend(self) -> backends.Backend:
        return backends.backend_of(self.images_type, self.use_cow_images)

    @property
    def behaviour(self) -> backends.Behaviour:
        return backends.Behaviour(
            self.backend, self.use_cow_images, self.force_raw_images
        )

    def __str__(self) -> str:
        cow = 'cow' if self.use_cow_images else 'nocow'
        force = 'force' if self.force_raw_images else 'noforce'
        return f'{self.images_type}-{cow}-{force}'


@dataclasses.dataclass(frozen=True)
class Boot:
    """A new instance: the settings of its host and its Glance image."""

    settings: Settings
    image: backends.DiskFormat
    #: Whether the flavor has a swap and an ephemeral disk, too.
    all_disks: bool = False

    def __str__(self) -> str:
        return f'{self.settings}-{self.image.value}image'


@dataclasses.dataclass(frozen=True)
class Migration:
    """A cold migration of that instance to a host with other settings."""

    boot: Boot
    destination: Settings

    def __str__(self) -> str:
        cow = 'cow' if self.destination.use_cow_images else 'nocow'
        return f'{self.boot}--to--{self.destination.images_type}-{cow}'


BOOTS = tuple(
    Boot(Settings(images_type, cow, force), image)
    for images_type, cow, force, image in itertools.product(
        FILE_IMAGES_TYPES, BOOLEANS, BOOLEANS, (RAW, QCOW2)
    )
)

#: force_raw_images is the source's, because it concerns new disks alone.
MIGRATIONS = tuple(
    Migration(boot, Settings(images_type, cow, boot.settings.force_raw_images))
    for boot, images_type, cow in itertools.product(
        BOOTS, FILE_IMAGES_TYPES, BOOLEANS
    )
)

#: One host for each behaviour that makes files; MIGRATIONS shows that
#: `default` and `raw` are nothing else.
HOSTS = tuple(
    Settings(images_type, cow, force)
    for images_type, cow, force in itertools.product(
        ('qcow2', 'flat'), BOOLEANS, BOOLEANS
    )
)
