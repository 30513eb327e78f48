# SPDX-License-Identifier: Apache-2.0

"""The formats of a report, each with a reader that is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import parser
from importlib import metadata
from importlib import resources
import json
import re
from typing import Any
from xml.etree import ElementTree

import jsonschema
import yaml

#: The names of all formats of this project, as it is installed.
NAMES = sorted(
    entry_point.name
    for entry_point in metadata.distribution('nova-cow-check').entry_points
    if entry_point.group == 'nova_cow_check.formats'
)


def is_success(name: str, document: str) -> bool:
    """Read a report made without --fail-on.

    :param name: of its format
    :returns: whether it says that all settings may stay as they are
    :raises Exception: if it is not valid
    """
    return _READERS[name](document)


def is_clean(document: str) -> bool:
    """Return whether nothing but line breaks could act on a terminal."""
    return all(line.isprintable() for line in document.split('\n'))


def of(content: Any) -> Any:
    """Return the data of a JSON or YAML report; fail if it is not valid."""
    schema = resources.files('nova_cow_check.document').joinpath(
        'report-1.schema.json'
    )
    jsonschema.validate(content, json.loads(schema.read_text()))
    assert all(map(str.isprintable, _strings(content)))
    return content


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


class _Text(parser.HTMLParser):
    """Collects what stands between the tags, but for style sheets."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.feed(document)
        self.close()

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.pieces.append(data)


def _read_html(document: str) -> bool:
    return _read_text('\n'.join(_Text(document).pieces))


def _read_text(document: str) -> bool:
    code = re.search(r'^Exit code (\d), with --fail-on', document, re.M)
    assert code
    return code[1] == '0'


def _read_data(content: Any) -> bool:
    found: str = of(content)['result']
    return found == 'success'


def _read_journal(document: str) -> bool:
    lines = document.splitlines()
    for line in lines:
        assert re.match(r'<[3-6]>nova-cow-check: ', line), line
    verdicts = [line for line in lines if ': image settings of ' in line]
    assert verdicts
    return all(line.endswith(': success') for line in verdicts)


def _read_junit(document: str) -> bool:
    suites = list(ElementTree.fromstring(document).iter('testsuite'))
    assert suites
    found = [suite.findall('.//failure') for suite in suites]
    assert [int(suite.attrib['failures']) for suite in suites] == [
        len(failures) for failures in found
    ]
    return not any(found)


def _read_sarif(document: str) -> bool:
    content = json.loads(document)
    assert content['version'] == '2.1.0'
    (run,) = content['runs']
    stopping = [
        result
        for result in run['results']
        if result['level'] in ('warning', 'error')
        and not result['suppressions']
    ]
    assert bool(stopping) is bool(run['invocations'][0]['exitCode'])
    return not stopping


_READERS: Mapping[str, Callable[[str], bool]] = {
    'html': _read_html,
    'journal': _read_journal,
    'json': lambda document: _read_data(json.loads(document)),
    'junit': _read_junit,
    'sarif': _read_sarif,
    'text': _read_text,
    'yaml': lambda document: _read_data(yaml.safe_load(document)),
}
