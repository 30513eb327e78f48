#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Disks that are files, when they are new and after a move.

That Nova does the same is shown by tests/nova.
"""

from __future__ import annotations

import pytest

from nova_cow_check import backends
from nova_cow_check import disk_files

RAW, QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
ROOT = disk_files.Kind(RAW, is_fetched=True, is_copied=True)
EPHEMERAL = disk_files.Kind(RAW, is_fetched=False, is_copied=True)
SWAP = disk_files.Kind(RAW, is_fetched=False, is_copied=False)

QCOW2_HOST = backends.Behaviour(backends.Backend.QCOW2, True, True)
FLAT_HOST = backends.Behaviour(backends.Backend.FLAT, False, True)
FLAT_HOST_WITH_COW = FLAT_HOST._replace(use_cow_images=True)

NEW_RAW = disk_files.DiskFile(RAW, RAW, RAW, None, None)
NEW_OVERLAY = disk_files.DiskFile(QCOW2, QCOW2, QCOW2, RAW, RAW)


@pytest.mark.parametrize('kind', [ROOT, EPHEMERAL, SWAP])
def test_new(kind: disk_files.Kind) -> None:
    assert disk_files.new(kind, FLAT_HOST) == NEW_RAW
    assert disk_files.new(kind, QCOW2_HOST) == NEW_OVERLAY


def test_force_raw_images_is_about_images_that_are_not_raw() -> None:
    kind = ROOT._replace(image=QCOW2)
    host = QCOW2_HOST._replace(force_raw_images=False)
    assert disk_files.new(kind, host).backing is QCOW2
    assert disk_files.new(kind, QCOW2_HOST).backing is RAW


@pytest.mark.parametrize(
    'kind, file, destination, after',
    [
        # The disk is converted, and disk.info is not corrected.
        (
            ROOT,
            NEW_RAW,
            QCOW2_HOST,
            NEW_RAW._replace(format=QCOW2, xml=QCOW2, base=RAW),
        ),
        # The guest had written to it while it was raw.
        (
            ROOT,
            NEW_RAW,
            FLAT_HOST,
            NEW_RAW._replace(base=RAW, header_is_guests=True),
        ),
        # Nothing makes the backing file there.
        (
            EPHEMERAL,
            NEW_OVERLAY,
            FLAT_HOST,
            NEW_OVERLAY._replace(base=None),
        ),
        # A new disk, with the old line in disk.info.
        (
            SWAP,
            NEW_OVERLAY,
            FLAT_HOST,
            NEW_RAW._replace(xml=QCOW2, recorded=QCOW2),
        ),
        # A new qcow2 disk is converted as if it were the old raw one.
        (
            SWAP,
            NEW_RAW,
            QCOW2_HOST,
            NEW_RAW._replace(
                format=QCOW2, xml=QCOW2, base=RAW, is_nested=True
            ),
        ),
        # Converted a second time, because the XML still said raw.
        (
            ROOT,
            NEW_RAW._replace(format=QCOW2),
            FLAT_HOST_WITH_COW,
            NEW_RAW._replace(format=QCOW2, base=RAW, is_nested=True),
        ),
        # What has gone wrong stays wrong.
        (
            ROOT,
            NEW_RAW._replace(format=QCOW2, xml=QCOW2, is_nested=True),
            QCOW2_HOST,
            NEW_RAW._replace(
                format=QCOW2, xml=QCOW2, base=RAW, is_nested=True
            ),
        ),
        (
            ROOT,
            NEW_RAW._replace(xml=QCOW2, header_is_guests=True),
            QCOW2_HOST,
            NEW_RAW._replace(xml=QCOW2, base=RAW, header_is_guests=True),
        ),
    ],
)
def test_moved(
    kind: disk_files.Kind,
    file: disk_files.DiskFile,
    destination: backends.Behaviour,
    after: disk_files.DiskFile,
) -> None:
    assert disk_files.moved(kind, file, destination) == after
