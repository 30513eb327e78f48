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


"""The formats that are installed, this package's and others'."""

from __future__ import annotations

from typing import Any

import stevedore

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check import text

NAMESPACE = 'nova_cow_check.formats'


def load(name: str) -> interface.Format:
    """Return the format with this name.

    :raises UsageError: if there is none; the message lists those that are
    :raises FormatNotUsable: if it cannot be loaded
    """
    failures: list[BaseException] = []
    # Generic in new releases of stevedore only.
    manager: Any = stevedore.NamedExtensionManager(
        NAMESPACE,
        [name],
        on_load_failure_callback=lambda _manager, _entry_point, error: (
            failures.append(error)
        ),
        on_missing_entrypoints_callback=lambda _names: None,
    )
    for extension in manager:
        found: interface.Format = extension.plugin
        return found
    if failures:
        raise FormatNotUsable(name, failures[0])
    raise errors.UsageError(
        _('there is no format %(name)s; there are %(all)s')
        % {
            'name': text.value_as_shown(name),
            'all': ', '.join(sorted(set(manager.entry_points_names()))),
        }
    )


class FormatNotUsable(errors.NoVerdict):
    """A format is installed, but something that it needs is not."""

    def __init__(self, name: str, error: BaseException) -> None:
        reason = str(error) if isinstance(error, ImportError) else ''
        super().__init__(
            _('the format %(name)s cannot be loaded: %(reason)s')
            % {'name': name, 'reason': reason or type(error).__name__}
        )
