# SPDX-License-Identifier: Apache-2.0

"""The catalogue of messages, made of the code, the templates and the pages.

It is what Babel finds, sorted and without numbers of lines, so that it
changes with the messages alone. ``UPDATE_CATALOGUE=1 pytest
tests/package/test_catalogue.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import io
import pathlib
import re

from babel.messages import catalog
from babel.messages import extract
from babel.messages import mofile
from babel.messages import pofile

from nova_cow_check.rules import registry

TOP = pathlib.Path(__file__).parents[1]
HOUSE = TOP / 'nova_cow_check'
PATH = HOUSE / 'locale' / 'nova_cow_check.pot'
PAGES = HOUSE / 'rules' / 'pages'

#: Paths in the house -> the extractor, by the name under which Babel has it.
METHODS = [('**.py', 'python'), ('**.html.j2', 'jinja2')]

#: A language that nobody speaks: the letters of a message are exchanged.
PSEUDO = 'en_XA'

_LETTERS = str.maketrans(
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    'àƀćďēƒģĥìĵķĺɱńòƥɋŕśţùṽŵẋŷžÀƁĆĎĒƑĢĤÌĴĶĹƜŃÒƤɊŔŚŢÙṼŴẊŶŽ',
)

#: What `%` puts in, and what must stay as it is.
_PLACE = re.compile(r'(%(?:\([a-z_]+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z%])')


def made() -> catalog.Catalog:
    """Return all messages, each with the files that have it."""
    found = catalog.Catalog(
        project='nova-cow-check',
        copyright_holder='The nova-cow-check developers',
        charset='utf-8',
    )
    for name, _line, message, comments, _context in extract.extract_from_dir(
        str(HOUSE), METHODS, keywords={'_': None}, comment_tags=()
    ):
        place = (HOUSE / name).relative_to(TOP).as_posix()
        found.add(message, None, [(place, None)], user_comments=comments)
    for path in sorted(PAGES.glob('*.rst')):
        for paragraph in paragraphs(path.read_text(encoding='utf-8')):
            place = path.relative_to(TOP).as_posix()
            found.add(paragraph, None, [(place, None)])
    return found


def paragraphs(page: str) -> Iterator[str]:
    """Yield what `registry.page` asks for, of the text of a page."""
    _title, *others = page.rstrip('\n').split('\n\n')
    yield from filter(registry.is_message, others)


def text(messages: catalog.Catalog) -> str:
    """Return a catalogue as the file has it, without the time of day."""
    written = io.BytesIO()
    pofile.write_po(
        written, messages, width=79, sort_output=True, include_lineno=False
    )
    lines = written.getvalue().decode().splitlines(keepends=True)
    hidden = re.compile(
        r'"(POT-Creation-Date|Generated-By|Project-Id)|# .* 20'
    )
    return ''.join(line for line in lines if not hidden.match(line))


def shipped() -> catalog.Catalog:
    """Return the catalogue that the package has."""
    with PATH.open('rb') as file:
        return pofile.read_po(file)


def in_pseudo(message: str) -> str:
    """Return a message in the language that nobody speaks."""
    pieces = _PLACE.split(message)
    pieces[::2] = [piece.translate(_LETTERS) for piece in pieces[::2]]
    return ''.join(pieces)


def install(folder: pathlib.Path) -> Mapping[str, str]:
    """Install that language below a folder, made of the shipped catalogue.

    :returns: the environment in which a command finds and speaks it
    """
    translated = catalog.Catalog(locale='en', charset='utf-8')
    for message in shipped():
        if message.id:
            translated.add(message.id, in_pseudo(str(message.id)))
    place = folder / PSEUDO / 'LC_MESSAGES'
    place.mkdir(parents=True)
    with (place / 'nova_cow_check.mo').open('wb') as file:
        mofile.write_mo(file, translated)
    return {'NOVA_COW_CHECK_LOCALEDIR': str(folder), 'LANGUAGE': PSEUDO}
