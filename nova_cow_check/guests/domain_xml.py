# SPDX-License-Identifier: Apache-2.0

"""The XML of a domain, as libvirt keeps it.

What has the form that libvirt gives it is for `plain_domains`; all else is
read with expat alone. What makes XML dangerous needs a document type
declaration, entities and external ones alike: the parser ends at the first
one, before anything can be declared. No tree is made, so that neither depth
nor number of elements costs memory, and nothing has to be installed for it
on a compute host.
"""

from __future__ import annotations

from collections.abc import Mapping
import functools
from typing import Any
from xml.parsers import expat

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.guests import inventory
from nova_cow_check.guests import plain_domains

#: Bytes. Those of Nova have 10 to 50 KiB.
LARGEST = 4 * 1024 * 1024

#: Nothing that is looked for is deeper; a domain of Nova's has 8.
_DEEPEST = 64

#: Characters of a text or of an attribute that are kept.
_LONGEST = 4096

#: In front of the names of Nova's metadata, with any version behind.
#: Source: nova/virt/libvirt/config.py, NOVA_NS.
_NOVA = 'http://openstack.org/xmlns/libvirt/nova/'

#: What is looked for. All other elements are passed over, and what is in
#: them: nearly all of a document.
_DISK = 'domain/devices/disk'
_FLAVOR = 'domain/metadata/nova:instance/nova:flavor'
_SIZES = ('nova:disk', 'nova:ephemeral', 'nova:swap')
_UUID = 'domain/uuid'
_TEXTS = frozenset({_UUID, *(f'{_FLAVOR}/{name}' for name in _SIZES)})
_ELEMENTS = frozenset(
    {
        *_TEXTS,
        'domain',
        'domain/devices',
        'domain/metadata',
        'domain/metadata/nova:instance',
        _FLAVOR,
        _DISK,
        f'{_DISK}/driver',
        f'{_DISK}/source',
    }
)


def parse(data: bytes, path: str) -> inventory.Domain | None:
    """Return what the XML of a domain tells about its disks.

    :param data: all of it
    :param path: the file, as errors call it
    :returns: None where it is no domain of an instance
    :raises ConfigurationError: if it is no XML, or not a domain's
    """
    plain = plain_domains.read(data)
    if plain is not None:
        return plain
    reader = _Reader(path)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        # Its message is expat's own, and quotes nothing.
        reason = _('not valid XML: %s') % expat.ErrorString(error.code)
        raise errors.ConfigurationError(reason, path, error.lineno) from None
    return reader.domain()


class _Reader:
    """What was met of one document so far."""

    def __init__(self, path: str) -> None:
        self._path = path
        #: The elements that are open, and of those looked for their paths.
        self._at = ['']
        self._passed_over = 0
        self._text = ''
        self._uuid = ''
        self._disk: dict[str, str] = {}
        self._disks: list[inventory.DomainDisk] = []
        self._sizes: dict[str, str] = {}
        # Whatever a document says: libvirt writes no other encoding.
        self.parser = expat.ParserCreate('utf-8', namespace_separator=' ')
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def domain(self) -> inventory.Domain | None:
        if not inventory.is_uuid(self._uuid):
            return None
        return inventory.Domain(
            self._uuid, tuple(self._disks), _flavor(self._sizes)
        )

    def _refuse(self, *_declared: Any) -> None:
        raise errors.ConfigurationError(
            _(
                'it has a document type declaration, which libvirt never '
                'writes'
            ),
            self._path,
            self.parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._passed_over:
            self._passed_over += 1
            if self._passed_over > _DEEPEST:
                raise errors.ConfigurationError(
                    _('its elements are nested too deeply'), self._path
                )
            return
        above = self._at[-1]
        at = _looked_for(above, name)
        if not at:
            if not above:
                raise errors.ConfigurationError(
                    _('it is not the XML of a domain'), self._path
                )
            self._passed_over = 1
            return
        self._at.append(at)
        if at in _TEXTS:
            self._text = ''
            self.parser.CharacterDataHandler = self._add
        elif at == _DISK:
            self._disk = {'type': _cut(attributes.get('type', ''))}
        elif above == _DISK:
            is_driver = at.endswith('/driver')
            key = 'type' if is_driver else 'file'
            told = _cut(attributes.get(key, ''))
            self._disk['format' if is_driver else 'file'] = told

    def _end(self, _name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        at = self._at.pop()
        if at in _TEXTS:
            self.parser.CharacterDataHandler = None
            text = self._text.strip()
            if at == _UUID:
                self._uuid = text.lower()
            else:
                self._sizes[at.rpartition('/')[2]] = text
        elif at == _DISK:
            self._keep_disk()

    def _keep_disk(self) -> None:
        path = self._disk.get('file', '')
        if self._disk['type'] == 'file' and path:
            name = self._disk.get('format', '')
            self._disks.append(inventory.DomainDisk(path, name))

    def _add(self, text: str) -> None:
        if len(self._text) < _LONGEST:
            self._text += text[:_LONGEST]


# The same few elements are in every domain.
@functools.lru_cache(maxsize=1024)
def _looked_for(above: str, name: str) -> str:
    """Return the path of an element, '' if nobody looks for it.

    :param above: that of the element that it is in, '' for none
    """
    at = f'{above}/{_local(name)}' if above else _local(name)
    return at if at in _ELEMENTS else ''


def _local(name: str) -> str:
    """Return the name of an element, with `nova:` if it is of Nova's."""
    if ' ' not in name:
        return name
    space, _separator, local = name.rpartition(' ')
    return f'nova:{local}' if space.startswith(_NOVA) else name


def _cut(text: str) -> str:
    """Return an attribute, or nothing if it is none of libvirt's."""
    return text if len(text) <= _LONGEST else ''


def _flavor(sizes: Mapping[str, str]) -> inventory.Flavor | None:
    """Return the flavor, None where one of its sizes is no number."""
    found = [sizes.get(name, '') for name in _SIZES]
    if not all(len(one) < 10 and one.isdecimal() for one in found):
        return None
    return inventory.Flavor(*map(int, found))
