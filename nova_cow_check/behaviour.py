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

"""What Nova does on one host, and why it may be nothing at all."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check.rules import rule
from nova_cow_check import settings


def of(host: settings.ImageSettings) -> backends.Behaviour | None:
    """Return what Nova goes by, None where no libvirt driver would start."""
    if why_not_judged(host) or why_it_does_not_apply(host):
        return None
    return rule.behaviour_of(host)


def why_not_judged(host: settings.ImageSettings) -> str:
    """Return what keeps nova-compute from starting, '' if nothing does."""
    faulty = [item for item in host.all if item.fault]
    if not faulty:
        return ''
    reason = _('Not judged: nova-compute does not start with %s.')
    return reason % ', '.join(map(describe.setting, faulty))


def why_it_does_not_apply(host: settings.ImageSettings) -> str:
    """Return why no libvirt driver reads these settings, '' if one does."""
    if host.driver not in rule.AS_LIBVIRT:
        reason = _('Does not apply: %s is not the libvirt driver.')
    elif has_image_settings(host):
        return ''
    elif host.driver is drivers.Kind.UNKNOWN:
        reason = _(
            'Does not apply: %s is not a driver of Nova, and no image '
            'setting is written. If it is based on the libvirt driver, '
            'set [libvirt]/images_type and check again.'
        )
    else:
        reason = _(
            "Does not apply: not a compute service's configuration: %s, and "
            "no image setting is written. Run nova-cow-check upgrade check "
            "on each compute host, on the files that nova-compute reads "
            "there."
        )
    return reason % describe.setting(host.compute_driver)


def has_image_settings(host: settings.ImageSettings) -> bool:
    """Return whether there is anything that a libvirt driver would read.

    The configuration of an API or a conductor has no compute_driver, and
    its defaults are read by no nova-compute.
    """
    if host.driver not in (drivers.Kind.NONE, drivers.Kind.UNKNOWN):
        return True
    return any(item.is_written for item in host.image_options)
