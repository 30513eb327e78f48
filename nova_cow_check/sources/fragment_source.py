# SPDX-License-Identifier: Apache-2.0

"""Files that are parts of a nova.conf, each read by itself."""

from __future__ import annotations

import os

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.reports import report
from nova_cow_check.settings import fragments
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import files


class _File(collected.HostFile):
    def shown_path(self, path: str) -> str:
        return os.path.basename(path)


def require_file(path: str) -> None:
    """Refuse what is not there, or is no file.

    :raises ConfigurationError: if it is such
    """
    try:
        os.stat(path)
    except OSError as error:
        raise files.cannot_read(path, error) from None
    if os.path.isdir(path):
        reason = _('a directory, and no fragment: name the files in it')
        raise errors.ConfigurationError(reason, path)


def read(source: report.Source) -> host_settings.Known:
    """Read a fragment; what keeps it from being read is what is known then.

    What it names elsewhere, be it sources or waivers, is not followed.
    """
    try:
        text = files.read_text(source.path, _File(''), collection.ENCODING)
        parsed = parsing.parse(text.path, text.lines)
    except errors.ConfigurationError as error:
        why = error.reason, error.path or '', error.line or 0
        return host_settings.Unreadable(*why)
    limits = files.limits_of(text._replace(path=source.path))
    configuration = host_config.Configuration(
        (parsed._replace(limits=limits),), {}
    )
    conf = host_config.HostConfig(configuration)
    return fragments.of(host_settings.read(conf, configuration))
