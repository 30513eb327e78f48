# SPDX-License-Identifier: Apache-2.0

"""What was evidently meant, and what was not."""

from __future__ import annotations

from oslo_config import types
import pytest

from nova_cow_check.nova import drivers
from nova_cow_check.nova import opts
from nova_cow_check import printing
from nova_cow_check.settings import intentions

BOOLEANS = [
    # Capitals never matter to oslo.config, but behind other things.
    ('"False', False),
    ("'no", False),
    ('\u201cFalse\u201d', False),
    ('`true`', True),
    ('False # why', False),
    ('True\t# why', True),
    ('no#', False),
    ('No ; why', False),
    ('False # costs $5', False),
    ('False # {{ ansible_managed }}', False),
    # Stray characters behind it.
    ('no.', False),
    ('False,', False),
    ('yes;', True),
    ('0,', False),
    ('1.', True),
    ('"no",', False),
    ('off\\', False),
    # One slip.
    ('Flase', False),
    ('fals', False),
    ('faalse', False),
    ('falze', False),
    ('ture', True),
    ('tru', True),
    ('yess', True),
    ('off0', False),
    # Letters, and words for no.
    ('y', True),
    ('T', True),
    ('n', False),
    ('F', False),
    ('Disabled', False),
    ('disable', False),
    ('never', False),
    # Two values are as near, or only words that are too short.
    ('of', None),
    ('nn', None),
    ('in', None),
    ('ok', None),
    ('now', None),
    ('2', None),
    ('10', None),
    ('11', None),
    ('-1', None),
    ('00', None),
    # More than one slip, or something else altogether.
    ('0.0', None),
    ('1.0', None),
    ('(False)', None),
    ('[True]', None),
    ('!true', None),
    ('-true', None),
    ('not true', None),
    ('untrue', None),
    ('true;false', None),
    ('True or False', None),
    ('enabled', None),
    ('none', None),
    ('None', None),
    ('null', None),
    ('maybe', None),
    ('qcow2', None),
    ('', None),
    ('#no', None),
    ('# no', None),
    ('...', None),
    ('$no', None),
    ('of$f', None),
    ('{{ no }}', None),
    ('\nno', None),
    # What is behind the part that is shown is not known.
    (f'no{60 * " "}yes', None),
    (f'no{60 * " "}# why', None),
]

IMAGES_TYPES = [
    ('QCOW2', 'qcow2'),
    ('Flat', 'flat'),
    ('Default', 'default'),
    ('"raw', 'raw'),
    ('"raw # why', 'raw'),
    ('raw,', 'raw'),
    ('raw\n  password = x', 'raw'),
    ('qcow', 'qcow2'),
    ('qcow 2', 'qcow2'),
    ('rdb', 'rbd'),
    ('rwa', 'raw'),
    ('lv', 'lvm'),
    ('defualt', 'default'),
    ('ceph', None),
    ('rad', None),
    ('nfs', None),
    ('zfs', None),
    ('file', None),
    ('cow', None),
    ('thin', None),
    ('none', None),
    ('raw,qcow2', None),
    ('raw;qcow2', None),
    ('', None),
    ('\nflat', None),
    ('{{ raw }}', None),
    ('hunter2', None),
]

DRIVERS = [
    ('nova.virt.libvirt.LibvirtDriver', 'libvirt.LibvirtDriver'),
    ('nova.virt.libvirt.driver.LibvirtDriver', 'libvirt.driver.LibvirtDriver'),
    ('LIBVIRT.LibvirtDriver', 'libvirt.LibvirtDriver'),
    ('libvirt.LibvirtDrvier', 'libvirt.LibvirtDriver'),
    ('libvirt.LibvirtDriver # S3cr3t', 'libvirt.LibvirtDriver'),
    ('libvirt', 'libvirt.LibvirtDriver'),
    ('ironic', 'ironic.IronicDriver'),
    ('nova.virt.ironic.IronicDriver\nS3cr3t', 'ironic.IronicDriver'),
    ('"zvm.ZVMDriver', 'zvm.ZVMDriver'),
    ('nova.virt.fake.FakeDriver', 'fake.FakeDriver'),
    # Nova has no such driver, or not any more.
    ('nova.virt.fake.FakeConnection', None),
    ('nova.virt.hyperv.driver.HyperVDriver', None),
    ('nova.virt.custom.driver.Driver=S3cr3t', None),
    ('nova.virt.libvirt.connection.LibvirtConnection', None),
    ('nova.virt.nova.virt.fake.FakeDriver', None),
    ('nova.virt.\nS3cr3t', None),
    ('fake', None),
    ('{{ libvirt.LibvirtDriver }}', None),
    ('', None),
]


@pytest.mark.parametrize(
    ('option', 'written', 'meant'),
    [
        *((opts.USE_COW_IMAGES, *row) for row in BOOLEANS),
        *((opts.IMAGES_TYPE, *row) for row in IMAGES_TYPES),
        *((opts.COMPUTE_DRIVER, *row) for row in DRIVERS),
    ],
)
def test_evident(
    option: opts.Option, written: str, meant: str | bool | None
) -> None:
    shown = printing.value_as_shown(written)
    assert intentions.evident(option, shown) is meant or (
        isinstance(meant, str) and intentions.evident(option, shown) == meant
    )


@pytest.mark.parametrize('option', opts.OPTIONS, ids=str)
def test_what_is_meant_is_what_nova_takes(option: opts.Option) -> None:
    table = {
        opts.COMPUTE_DRIVER: DRIVERS,
        opts.IMAGES_TYPE: IMAGES_TYPES,
    }.get(option, BOOLEANS)
    for _written, meant in table:
        if option is opts.COMPUTE_DRIVER:
            assert meant is None or meant in drivers.LOADABLE
        elif meant is not None:
            assert option.opt.type(str(meant)) == meant


ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'


def slips(word: str) -> set[str]:
    """Return all that one slip makes of a word."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return {
        *(a + b[1:] for a, b in cuts if b),
        *(a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
        *(a + c + b[1:] for a, b in cuts if b for c in ALPHABET),
        *(a + c + b for a, b in cuts for c in ALPHABET),
    }


@pytest.mark.parametrize('option', [opts.IMAGES_TYPE, opts.USE_COW_IMAGES])
def test_a_slip_never_leads_to_one_of_two_values(option: opts.Option) -> None:
    booleans = types.Boolean
    meanings: dict[str, object] = {one: one for one in opts.IMAGES_TYPES}
    if option is opts.USE_COW_IMAGES:
        meanings = dict.fromkeys(booleans.TRUE_VALUES, True)
        meanings.update(dict.fromkeys(booleans.FALSE_VALUES, False))
    near: dict[str, set[object]] = {}
    for word, value in meanings.items():
        for slip in slips(word):
            near.setdefault(slip, set()).add(value)
    others = {'y', 't', 'n', 'f', ''}
    for slip, values in near.items():
        if slip in meanings or slip in others:
            continue
        assert intentions.evident(option, slip) in (None, *values)
        if len(values) > 1:
            assert intentions.evident(option, slip) is None


@pytest.mark.parametrize(
    ('written', 'is_template'),
    [
        ('{{ nova_images_type }}', True),
        ('"{{ nova_images_type | default(60 * 60 * 60 * 60 * 60) }}"', True),
        ('{% if x %}raw{% endif %}', True),
        ('<%= @images_type %>', True),
        ('@IMAGES_TYPE@', True),
        ('raw{{ x }}', True),
        ('raw # {{ ansible_managed }}', False),
        ('$images_type', False),
        ('user@host', False),
        ('{raw}', False),
        ('', False),
    ],
)
def test_is_template(written: str, is_template: bool) -> None:
    shown = printing.value_as_shown(written)
    assert intentions.is_template(shown) is is_template
