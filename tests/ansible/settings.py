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

"""Settings of hosts."""

from __future__ import annotations

_LIBVIRT = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

GOOD = _LIBVIRT + '[libvirt]\nimages_type = qcow2\n'
DEFAULT = _LIBVIRT
CONVERTED = _LIBVIRT + '[libvirt]\nimages_type = flat\n'
OPENED = _LIBVIRT + 'use_cow_images = False\n[libvirt]\nimages_type = qcow2\n'
NO_COMPUTE_HOST = '[DEFAULT]\ndebug = False\n'
FAILING = _LIBVIRT + 'force_raw_images = False\n[libvirt]\nimages_type = rbd\n'
