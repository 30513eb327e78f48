# SPDX-License-Identifier: Apache-2.0

"""A stand-in for a Ceph cluster."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import pathlib
import shutil
from typing import Any
from unittest import mock

from nova.storage import rbd_utils


class ImageNotFound(Exception):
    """What librbd raises about an image that is not there."""


class Ceph:
    """The methods of rbd_utils.RBDDriver, with files for rbd images."""

    pool = 'vms'
    rbd_user = ceph_conf = None

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder

    def path(self, name: str) -> pathlib.Path:
        """Return the file that stands for an rbd image."""
        return self._folder / name.replace('/', '%')

    def exists(self, name: str) -> bool:
        return self.path(name).exists()

    def import_image(self, base: str, name: str) -> None:
        shutil.copy(base, self.path(name))

    def create_snap(self, volume: str, name: str) -> None:
        if not self.exists(volume):
            raise ImageNotFound(volume)

    def size(self, name: str) -> int:
        return self.path(name).stat().st_size

    def resize(self, name: str, size: int) -> None:
        os.truncate(self.path(name), size)

    def get_mon_addrs(self, **_: Any) -> tuple[list[str], list[str]]:
        return ['192.0.2.9'], ['6789']


@contextlib.contextmanager
def started(folder: pathlib.Path) -> Iterator[Ceph]:
    """Have Nova use such a cluster."""
    cluster = Ceph(folder)
    with mock.patch.object(rbd_utils, 'RBDDriver', return_value=cluster):
        yield cluster
