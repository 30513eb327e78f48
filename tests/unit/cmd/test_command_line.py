# SPDX-License-Identifier: Apache-2.0

"""The words that are understood, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
import pathlib
from typing import NoReturn

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import vocabulary
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
    ('report', '--shared'): 'hosts given as PATH',
    # A variable of a shell that is not set.
    ('report', 'a', '--shared='): '--shared',
    ('report', 'a', '--shared', ''): '--shared',
    ('report', 'a', '--shared=b'): '--shared names no --group: b',
    ('report', 'a', '--shared=b', '--group=c=d'): 'names no --group: b',
    ('report', 'a.conf', '--running'): '--running',
    ('report', 'a.conf', '--host', 'b'): '--host',
    ('report', 'a.conf', '--config-file', 'b'): '--config-file',
    ('--config-dir', 'b', 'report', 'a.conf'): '--config-dir',
    ('report', ''): 'empty',
    ('report', 'a', '--expected', ''): 'empty',
    ('report', 'a', '--fail-on', 'never', 'b'): 'beside the others',
    ('report', 'a.conf', '--guests'): 'report --guests --output json',
    ('report', '--instances-path', '/a'): 'go with --guests',
    ('report', '--domains', '/a'): 'go with --guests',
    ('upgrade', 'check', '--domains', '/a'): 'go with --guests',
    ('report', '--guests', '--domains', ''): 'empty',
    ('fix', '--guests'): 'no option --guests',
    ('rules', '--guests'): 'no option --guests',
    ('report', '--compare', ''): 'empty',
    ('report', '--compare'): '--compare needs a value',
    ('fix', '--compare', 'a'): 'no option --compare',
    ('upgrade', 'check', '--compare', 'a'): 'no option --compare',
    ('upgrade', 'check', 'a.conf'): 'takes no PATH: "a.conf"',
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


#: Words of a command line -> paths, and groups that share instances_path.
SHARED = {
    'report fleet': (['fleet'], []),
    'report fleet --shared': (['fleet'], ['']),
    # What is no group is a PATH.
    'report --shared fleet': (['fleet'], ['']),
    'report --shared=edge fleet --group edge=a': (['fleet'], ['edge']),
    'report --group edge=a fleet --shared edge': (['fleet'], ['edge']),
    'report fleet --shared edge --group=edge=a': (['fleet'], ['edge']),
    'report fleet --group a=1 --group b=2 --shared a --shared b': (
        ['fleet'],
        ['a', 'b'],
    ),
    'report fleet --group a=1 --group b=2 --shared': (
        ['fleet'],
        ['', 'a', 'b'],
    ),
    'fix --shared fleet --group a=1': (['fleet'], ['', 'a']),
    'report --shared a b --group a=1': (['b'], ['a']),
}


@pytest.mark.parametrize('words', SHARED)
def test_hosts_share_what_is_said_of_their_group(words: str) -> None:
    options = command_line.parse(words.split())
    assert (options.paths, sorted(options.sharing)) == SHARED[words]


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        ('json', ('json', None)),
        ('json:-', ('json', None)),
        ('json:/dev/stdout', ('json', None)),
        ('json:/proc/self/fd/1', ('json', None)),
        ('json:/dev/stderr', ('json', '/dev/stderr')),
        ('json:report.json', ('json', 'report.json')),
        ('json:/tmp/a:b', ('json', '/tmp/a:b')),
        ('json:./-', ('json', './-')),
    ],
)
def test_output(words: str, expected: tuple[str, str | None]) -> None:
    assert command_line.parse(['report', '--output', words]).outputs == [
        expected
    ]


@pytest.mark.parametrize('words', ['', ':', ':report.json', 'json:'])
def test_what_is_no_output(words: str) -> None:
    with pytest.raises(errors.UsageError, match='not FORMAT or FORMAT:FILE'):
        command_line.parse(['report', '--output', words])


@pytest.mark.parametrize(
    ('outputs', 'message'),
    [
        (['json', 'text'], 'more than one --output to standard output'),
        (['json:a', 'text:./a'], 'more than one --output to a'),
        (['json:a', 'text:b', 'yaml'], ''),
    ],
)
def test_two_reports_are_not_written_into_each_other(
    outputs: list[str], message: str
) -> None:
    words = ['report', *(f'--output={one}' for one in outputs)]
    if not message:
        assert len(command_line.parse(words).outputs) == len(outputs)
        return
    with pytest.raises(errors.UsageError) as caught:
        command_line.parse(words)
    assert str(caught.value) == message


def test_the_help_names_the_formats_that_are_installed(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv('COLUMNS', '1000')
    installed = tmp_path / 'other-1.0.dist-info'
    installed.mkdir()
    (installed / 'METADATA').write_text('Name: other\nVersion: 1.0\n')
    (installed / 'entry_points.txt').write_text(
        f'[{vocabulary.FORMATS}]\nhtmx = other:render\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SystemExit):
        command_line.parse(['report', '--help'])
    ours = {
        one.name
        for one in metadata.distribution('nova-cow-check').entry_points
        if one.group == vocabulary.FORMATS
    }
    assert {'html', 'text'} < ours
    names = ['text (the default)', *sorted({*ours, 'htmx'} - {'text'})]
    assert f'{", ".join(names)}; ' in capsys.readouterr().out


def test_formats_are_looked_up_for_help_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked_up() -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(metadata, 'distributions', looked_up)
    command_line.parse(['report', '--output', 'json'])
    with pytest.raises(AssertionError):
        command_line.parse(['report', '--help'])


def test_several_earlier_reports_can_be_named() -> None:
    words = ['report', '--compare', 'a.json', 'fleet', '--compare=b']
    found = command_line.parse(words)
    assert (found.compare, found.paths) == (['a.json', 'b'], ['fleet'])
    assert command_line.parse(['report']).compare == []
    assert command_line.parse(['fix', 'a.conf']).compare == []
