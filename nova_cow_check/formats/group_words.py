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

"""Hosts that are alike, in the words of the formats for people."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import behaviour
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import groups
from nova_cow_check import opts
from nova_cow_check import settings
from nova_cow_check import text


def deciding(image_settings: settings.ImageSettings) -> Iterator[str]:
    """Yield what decides about disks; what is as usual is left out."""
    usual = set()
    if not image_settings.force_raw_images.is_written:
        usual.add(opts.FORCE_RAW_IMAGES)
    if image_settings.driver is drivers.Kind.LIBVIRT:
        usual.add(opts.COMPUTE_DRIVER)
    for one in image_settings.all:
        if one.option not in usual:
            yield _setting(one)


def outcome(image_settings: settings.ImageSettings) -> str:
    """Return the backend, or why there is none."""
    if behaviour.why_not_judged(image_settings):
        return _('nova-compute does not start')
    novas = behaviour.of(image_settings)
    return novas.backend.value if novas else _('not concerned')


def places(group: groups.Group) -> str:
    """Return a sentence: which host's the files and lines are."""
    example = group.example
    files = example.image_settings.files if example.image_settings else ()
    read = ', '.join(text.printable(example.path_of(one)) for one in files)
    if example.is_elsewhere:
        read = _('%(files)s on that host, as %(report)s says') % {
            'files': read,
            'report': text.printable(example.path_of('')),
        }
    if len(group.hosts) == 1:
        return _('Read from %s.') % read
    if group.are_places_alike:
        return (
            _('The lines named below are those of every host, such as %s.')
            % read
        )
    return _(
        'The lines named below are those of %(host)s (%(files)s); on others '
        'of these hosts, the same is written elsewhere.'
    ) % {'host': text.printable(example.name), 'files': read}


def _setting(one: settings.AnySetting) -> str:
    words = one.option.name
    if one.value is not None or one.is_written:
        words += f' = {one.shown}'
    # A file's line is told with the findings.
    return words if one.written else f'{words} ({describe.place(one.origin)})'
