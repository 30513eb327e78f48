# SPDX-License-Identifier: Apache-2.0

"""Why nobody could look at a collected host, as its HOST.unchecked tells."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import printing
from nova_cow_check.sources import collection
from nova_cow_check.sources import files
from nova_cow_check.sources import roots

#: Bytes that are read of it.
_LARGEST = 4096

#: Characters that are shown of it.
_LONGEST = 300


def reason_in(path: str, root: roots.Root) -> str:
    """Return what the last line that is not empty tells.

    Whoever collects writes it, as Ansible's role does: it is what a program
    has said, such as ssh, and the last line of that tells most.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it cannot be read
    """
    try:
        data = root.read(path, _LARGEST)
    except OSError as error:
        raise files.cannot_read(None, error) from None
    text = data[:_LARGEST].decode(collection.ENCODING, 'replace')
    lines = [line.strip(' .') for line in text.splitlines()]
    said = next(filter(None, reversed(lines)), '')
    if not said:
        return _('it was not checked, and nothing tells why')
    shown = printing.printable(said[:_LONGEST])
    return _('it was not checked: %s') % shown
