# SPDX-License-Identifier: Apache-2.0

"""The catalogue that is shipped has the messages that the code has."""

from __future__ import annotations

import os

from tests import catalogue


def test_the_catalogue_is_that_of_the_code() -> None:
    messages = catalogue.text(catalogue.made())
    if os.environ.get('UPDATE_CATALOGUE'):
        catalogue.PATH.write_text(messages, encoding='utf-8')
    assert catalogue.PATH.read_text(encoding='utf-8') == messages


def test_code_templates_and_pages_have_messages() -> None:
    places = {
        place.rpartition('.')[2]
        for message in catalogue.shipped()
        for place, _line in message.locations
    }
    assert places == {'py', 'j2', 'rst'}


def test_every_message_can_be_formatted_as_the_original() -> None:
    """Babel's own check of a translation, of those in no language."""
    faults = [
        str(error)
        for message in catalogue.shipped()
        if message.id
        for error in _translated(message).check()
    ]
    assert not faults


def _translated(message: catalogue.catalog.Message) -> object:
    return catalogue.catalog.Message(
        message.id,
        catalogue.in_pseudo(str(message.id)),
        flags=message.flags,
    )
