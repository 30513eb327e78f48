# SPDX-License-Identifier: Apache-2.0

"""Formats are found by their names, or there is a reason."""

from __future__ import annotations

from importlib import metadata
import pathlib

import pytest

from nova_cow_check import errors
from nova_cow_check.formats import interface
from tests.functional import documents


def test_every_format_that_is_registered_can_be_loaded() -> None:
    names = {
        entry_point.name
        for entry_point in metadata.distribution('nova-cow-check').entry_points
        if entry_point.group == interface.NAMESPACE
    }
    assert 'text' in names
    for name in names:
        assert callable(interface.load(name))


@pytest.mark.parametrize('document', ['README.rst', 'doc/source/formats.rst'])
@pytest.mark.parametrize('name', documents.NAMES)
def test_every_format_is_in_the_documents(name: str, document: str) -> None:
    root = pathlib.Path(__file__).parents[3]
    assert f'``{name}``' in (root / document).read_text()


def test_an_unknown_one_names_those_that_are() -> None:
    with pytest.raises(errors.UsageError) as raised:
        interface.load('xml\n')
    message = str(raised.value)
    assert message.startswith('no format is called "xml..." (there are ')
    for name in ('json', 'text', 'yaml'):
        assert name in message


@pytest.mark.parametrize(
    ('name', 'meant'),
    [('jsn', 'json'), ('HTML', 'html'), ('report.yaml', 'yaml')],
)
def test_one_that_is_meant_is_named(name: str, meant: str) -> None:
    with pytest.raises(errors.UsageError) as raised:
        interface.load(name)
    message = f'no format is called "{name}" (did you mean {meant}?)'
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ('error', 'reason'),
    [
        (ModuleNotFoundError("No module named 'x'"), "No module named 'x'"),
        # Of this one, nobody knows what it quotes.
        (ValueError('S3cr3t'), 'ValueError'),
    ],
)
def test_one_that_cannot_be_loaded_says_why(
    error: Exception, reason: str
) -> None:
    message = str(interface.FormatNotUsable('text', error))
    assert message == f'the format text cannot be loaded: {reason}'
