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

"""The words about collected hosts that are understood, and those that not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check import errors

#: --group -> name and patterns.
GROUPS = {
    'cell1=compute1*': ('cell1', ('compute1*',)),
    'cell1=a,b[ab],c?': ('cell1', ('a', 'b[ab]', 'c?')),
    ' cell 1 = a , b ,': ('cell 1', ('a', 'b')),
    'name=a=b': ('name', ('a=b',)),
    'Zürich=*': ('Zürich', ('*',)),
    # As the report writes names.
    'a=c[08-10],d[1,3]-x,e': ('a', ('c08', 'c09', 'c10', 'd1-x', 'd3-x', 'e')),
}

NOT_GROUPS = (
    '',
    'cell1',
    'cell1=',
    'cell1=,',
    'cell1= , ',
    '=compute1',
    ' =compute1',
    '\x1b[31m=compute1',
    'a\nb=compute1',
)

#: Words of a command line -> what the refusal says.
NOT_TOGETHER = {
    ('report', '--group', 'a=b'): 'hosts given as PATH',
    ('report', '--expected', 'hosts.txt'): 'hosts given as PATH',
    ('report', 'a.conf', '--running'): '--running',
    ('report', 'a.conf', '--host', 'b'): '--host',
    ('report', 'a.conf', '--config-file', 'b'): '--config-file',
    ('--config-dir', 'b', 'report', 'a.conf'): '--config-dir',
    ('report', ''): 'empty',
    ('report', 'a', '--expected', ''): 'empty',
    ('report', 'a', '--fail-on', 'never', 'b'): 'unrecognized arguments: b',
    ('upgrade', 'check', 'a.conf'): 'unrecognized arguments: a.conf',
}


@pytest.mark.parametrize('words', GROUPS)
def test_a_group_has_a_name_and_patterns(words: str) -> None:
    options = command_line.parse(['report', 'fleet', '--group', words])
    assert options.groups == dict([GROUPS[words]])


@pytest.mark.parametrize('words', NOT_GROUPS)
def test_what_is_no_group_is_refused(words: str) -> None:
    with pytest.raises(errors.UsageError, match='NAME=PATTERN'):
        command_line.parse(['report', 'fleet', '--group', words])


@pytest.mark.parametrize('words', NOT_TOGETHER)
def test_what_makes_no_sense_together_is_refused(words: Sequence[str]) -> None:
    with pytest.raises(errors.UsageError, match=NOT_TOGETHER[words]):
        command_line.parse(words)


@pytest.mark.parametrize(
    'words',
    [
        'report {paths} {options}',
        'report {options} {paths}',
        '{common} report --fail-on never {paths} {options}',
        'report {options} {common} -- {paths}',
    ],
)
def test_paths_stand_together_before_or_behind_options(words: str) -> None:
    line = words.format(
        paths='fleet other.conf third.json',
        options='--group a=1 --group b=2 --expected hosts.txt',
        common='--waivers w.yaml --debug',
    )
    options = command_line.parse(line.split())
    assert options.paths == ['fleet', 'other.conf', 'third.json']
    assert options.groups == {'a': ('1',), 'b': ('2',)}
    assert options.expected == 'hosts.txt'


def test_without_a_path_it_is_this_host() -> None:
    options = command_line.parse(['report'])
    assert (options.paths, options.groups, options.expected) == ([], {}, None)


def test_a_group_can_be_given_in_parts() -> None:
    words = ['report', 'a', '--group', 'b=c', '--group', 'd=e', '--group=b=f']
    groups = command_line.parse(words).groups
    assert groups == {'b': ('c', 'f'), 'd': ('e',)}
    # One command line is nothing to the next.
    assert command_line.parse(words).groups == groups
