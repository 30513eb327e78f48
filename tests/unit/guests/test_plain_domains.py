# SPDX-License-Identifier: Apache-2.0

"""A domain as libvirt writes it tells what expat would be told of it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import errors
from nova_cow_check.guests import domain_xml
from nova_cow_check.guests import inventory
from nova_cow_check.guests import plain_domains
from tests.unit.guests import instance_files

_FOLDER = f'/var/lib/nova/instances/{instance_files.UUID}'
_DISKS = {f'{_FOLDER}/disk': 'qcow2', f'{_FOLDER}/disk.eph0': 'raw'}

DOMAIN = instance_files.domain(instance_files.UUID, _DISKS)

_END = '</nova:flavor>'
_SPECS = (
    '<nova:extraSpecs><nova:extraSpec name="a:b">c</nova:extraSpec>'
    '</nova:extraSpecs>'
)

_LIMITS = '<iotune><read_iops_sec>9</read_iops_sec></iotune>'
_VOLUME = """<disk type='network' device='disk'>
  <driver name='qemu' type='raw' cache='writeback'/>
  <auth username='cinder'>
    <secret type='ceph' uuid='decade00-0000-4000-8000-000000000002'/>
  </auth>
  <source protocol='rbd' name='volumes/volume-1'>
    <host name='192.0.2.2' port='6789'/>
  </source>
  <target dev='vdz' bus='virtio'/>
</disk>"""

#: What libvirt writes, too.
PLAIN = (
    DOMAIN,
    DOMAIN[DOMAIN.index('<domain') :],
    DOMAIN.replace(_END, _SPECS + _END),
    DOMAIN.replace('"m1.small"', '"m1.small" id="\u00e4"'),
    DOMAIN.replace("<driver name='qemu'", "<driver name='qemu' discard='x'"),
    DOMAIN.replace('</disk>', "<boot order='1'/></disk>", 1),
    DOMAIN.replace('</disk>', f'{_LIMITS}</disk>'),
    DOMAIN.replace('</disk>', f'</disk>{_VOLUME}', 1),
    instance_files.domain(instance_files.UUID, {}),
)


def by_expat(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> inventory.Domain | None:
    with monkeypatch.context() as patch:
        patch.setattr(plain_domains, 'read', lambda _data: None)
        return domain_xml.parse(text.encode(), 'a')


@pytest.mark.parametrize('text', PLAIN, ids=range(len(PLAIN)))
def test_what_libvirt_writes(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = plain_domains.read(text.encode())
    assert found and found == by_expat(text, monkeypatch)


@given(st.integers(0, len(DOMAIN) - 2))
def test_cut_short(length: int) -> None:
    assert plain_domains.read(DOMAIN[:length].encode()) is None


@pytest.mark.parametrize('tag', [*re.finditer('</?[a-z][^>]*>', DOMAIN)])
def test_a_tag_is_missing(tag: re.Match[str]) -> None:
    damaged = DOMAIN[: tag.start()] + DOMAIN[tag.end() :]
    found = plain_domains.read(damaged.encode())
    assert found is None or tag[0].endswith('/>')


@pytest.mark.parametrize(
    'damaged',
    [
        DOMAIN.replace('<domain', '<!DOCTYPE domain><domain').encode(),
        DOMAIN.replace('<memory', '<![CDATA[]]><memory').encode(),
        DOMAIN.replace('<memory', '<memory xmlns="a"').encode(),
        DOMAIN.replace('<on_crash', '<on_crash>').encode(),
        DOMAIN.replace('</os>', '').encode(),
        DOMAIN.replace('hvm', '\0').encode(),
        DOMAIN.replace('hvm', '\u00e4').encode('latin-1'),
        DOMAIN.encode('utf-16'),
        b'\0' * len(DOMAIN),
        DOMAIN.replace('hvm', 'hvm' * 64 * 1024).encode(),
    ],
)
def test_left_to_expat(damaged: bytes) -> None:
    assert plain_domains.read(damaged) is None


#: What changes what other parts of a domain mean, or looks as if it did.
PIECES = (
    '<a>',
    '</a>',
    '<a/>',
    '<a b="/>">',
    '/>',
    '>',
    '&amp;',
    '<!-- a -->',
    '<devices>',
    '</devices>',
    '<devices/>',
    '<metadata>',
    '</metadata>',
    '<uuid/>',
    "<disk type='file' device='disk'>",
    '</disk>',
    "<driver type='vmdk'/>",
    "<source file='/x'/>",
    "<disk type='block' device='disk'></disk>",
    '<nova:disk>7</nova:disk>',
    "<nova:flavor xmlns:nova='a'/>",
    " type='block'",
    " xmlns='a'",
    '/',
)

#: Where a tag or an attribute begins or ends: what is put there tells most.
_BORDERS = [at for at, one in enumerate(DOMAIN) if one in "<>/ '"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(_BORDERS),
            st.sampled_from([0, 0, 1]),
            st.sampled_from(PIECES),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_the_same_as_expat(changes: list[tuple[int, int, str]]) -> None:
    text = DOMAIN
    for at, behind, piece in sorted(changes, reverse=True):
        text = text[: at + behind] + piece + text[at + behind :]
    found = plain_domains.read(text.encode())
    if found is None:
        return
    with pytest.MonkeyPatch.context() as monkeypatch:
        try:
            expected = by_expat(text, monkeypatch)
        except errors.ConfigurationError:
            # Damaged behind all that counts, and it does not show.
            return
    assert found == expected
