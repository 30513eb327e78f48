# SPDX-License-Identifier: Apache-2.0

"""What is said of words that are not understood."""

from __future__ import annotations

from collections.abc import Mapping
import re
import shlex

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import output_option
from nova_cow_check.cmd import refusals
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors

#: Words -> what is said, and the command whose help tells more.
SAID = {
    # Commands.
    'check': (
        'no command is called "check" (did you mean upgrade check?)',
        '',
    ),
    'check --json': (
        'no command is called "check" (did you mean upgrade check?)',
        '',
    ),
    'Report': ('no command is called "Report" (did you mean report?)', ''),
    'raport hosts/': (
        'no command is called "raport" (did you mean report?)',
        '',
    ),
    'upgrade-check': (
        'no command is called "upgrade-check" (did you mean upgrade check?)',
        '',
    ),
    'upgrade chekc': (
        'no command is called "chekc" (did you mean upgrade check?)',
        'upgrade',
    ),
    'upgrade report': (
        'no command is called "report" (did you mean report?)',
        'upgrade',
    ),
    'banana': (
        'no command is called "banana" (there are upgrade check, report, '
        'fix, rules)',
        '',
    ),
    'help': (
        'no command is called "help" (did you mean nova-cow-check --help?)',
        '',
    ),
    'help report': (
        'no command is called "help" (did you mean report --help?)',
        '',
    ),
    'help banana': (
        'no command is called "help" (did you mean nova-cow-check --help?)',
        '',
    ),
    'help upgrade check': (
        'no command is called "help" (did you mean upgrade check --help?)',
        '',
    ),
    'UPGRADE CHECK': (
        'no command is called "UPGRADE" (did you mean upgrade check?)',
        '',
    ),
    'json': (
        'no command is called "json" (did you mean report --output json?)',
        '',
    ),
    'driver-removed': (
        'no command is called "driver-removed" (did you mean rules '
        'driver-removed?)',
        '',
    ),
    '/etc/nova/nova.conf': (
        'no command is called "/etc/nova/nova.conf" (did you mean report '
        'PATH or upgrade check --config-file PATH?)',
        '',
    ),
    '--config-file a': (
        'a command is missing: upgrade check, report, fix, rules',
        '',
    ),
    'upgrade --running': ('a command is missing: upgrade check', 'upgrade'),
    '-- banana': (
        'no command is called "banana" (there are upgrade check, report, '
        'fix, rules)',
        '',
    ),
    # Options without a command, or before it.
    '-V': (
        'there is no option -V (did you mean nova-cow-check --version?)',
        '',
    ),
    '-v': (
        'there is no option -v (did you mean nova-cow-check --version?)',
        '',
    ),
    '--json': (
        'there is no option --json (did you mean upgrade check --json or '
        'report --output json?)',
        '',
    ),
    '--write a.conf': (
        'there is no option --write (did you mean fix --write?)',
        '',
    ),
    '--json upgrade check': (
        '--json belongs behind upgrade check',
        'upgrade check',
    ),
    '--fail-on=never report': ('--fail-on belongs behind report', 'report'),
    '--banana upgrade check': (
        'upgrade check has no option --banana',
        'upgrade check',
    ),
    '--format json report': (
        'there is no option --format (did you mean report --output json?)',
        '',
    ),
    # Options of a command.
    'upgrade check --output json': (
        'upgrade check has no option --output (did you mean --json or '
        'report --output json?)',
        'upgrade check',
    ),
    'upgrade check --format=json': (
        'upgrade check has no option --format (did you mean --json or '
        'report --output json?)',
        'upgrade check',
    ),
    'upgrade check --fail-on never': (
        'upgrade check has no option --fail-on (did you mean report '
        '--fail-on?)',
        'upgrade check',
    ),
    'upgrade check --yaml': (
        'upgrade check has no option --yaml (did you mean report --output '
        'yaml?)',
        'upgrade check',
    ),
    'upgrade check --config-fil a': (
        'upgrade check has no option --config-fil (did you mean '
        '--config-file or --config-dir?)',
        'upgrade check',
    ),
    'upgrade check -v': (
        'upgrade check has no option -v (did you mean --debug?)',
        'upgrade check',
    ),
    'report --version': (
        'report has no option --version (did you mean nova-cow-check '
        '--version?)',
        'report',
    ),
    'report --json': (
        'report has no option --json (did you mean --output json?)',
        'report',
    ),
    'report hosts --html': (
        'report has no option --html (did you mean --output html?)',
        'report',
    ),
    'report --format json': (
        'report has no option --format (did you mean --output json?)',
        'report',
    ),
    'report -f html': (
        'report has no option -f (did you mean --output html?)',
        'report',
    ),
    'report -o html:a.html': (
        'report has no option -o (did you mean --output html:FILE?)',
        'report',
    ),
    'report --fail_on never': (
        'report has no option --fail_on (did you mean --fail-on?)',
        'report',
    ),
    'report -f S3cr3t': (
        'report has no option -f (did you mean --output FORMAT?)',
        'report',
    ),
    'report --outptu json': (
        'report has no option --outptu (did you mean --output?)',
        'report',
    ),
    'report --config a': (
        'report has no option --config (did you mean --config-file PATH?)',
        'report',
    ),
    'report -c a': (
        'report has no option -c (did you mean --config-file PATH?)',
        'report',
    ),
    'report --config-file --jsn': (
        'report has no option --jsn',
        'report',
    ),
    'report --no-color': (
        'report has no option --no-color (did you mean --color never?)',
        'report',
    ),
    'fix --apply': (
        'fix has no option --apply (did you mean --write?)',
        'fix',
    ),
    'fix --dry-run': (
        'fix has no option --dry-run (did you mean fix without --write, '
        'which changes nothing?)',
        'fix',
    ),
    'fix --wirte': (
        'fix has no option --wirte (did you mean --write?)',
        'fix',
    ),
    'fix --guests': (
        'fix has no option --guests (did you mean upgrade check --guests or '
        'report --guests?)',
        'fix',
    ),
    'fix --json': (
        'fix has no option --json (did you mean report --output json?)',
        'fix',
    ),
    'rules --list': (
        'rules has no option --list (did you mean rules alone?)',
        'rules',
    ),
    'rules --rule a': (
        'rules has no option --rule (did you mean rules NAME?)',
        'rules',
    ),
    # Words that nothing takes.
    'upgrade check nova.conf': (
        'upgrade check takes no PATH: "nova.conf" (did you mean report PATH '
        'or --config-file PATH?)',
        'upgrade check',
    ),
    'upgrade check -- --json': (
        'upgrade check takes no PATH: "--json" (did you mean report PATH or '
        '--config-file PATH?)',
        'upgrade check',
    ),
    'rules a b': ('rules takes one NAME, and not "b" as well', 'rules'),
    # Values.
    'report --fail-on wraning': (
        '--fail-on has no value "wraning" (did you mean warning?)',
        'report',
    ),
    'report --fail-on error': (
        '--fail-on has no value "error" (did you mean failure?)',
        'report',
    ),
    'report --fail-on 7': (
        '--fail-on has no value "7" (there are note, warning, failure, never)',
        'report',
    ),
    'fix --for kolla': (
        '--for has no value "kolla" (did you mean kolla-ansible?)',
        'fix',
    ),
    'fix --for OSA': (
        '--for has no value "OSA" (did you mean openstack-ansible?)',
        'fix',
    ),
    'report --output report.html': (
        'no format is called "report.html" (did you mean html:report.html?)',
        'report',
    ),
    'report a --output=/a/b.YML': (
        'no format is called "/a/b.YML" (did you mean yaml:/a/b.YML?)',
        'report',
    ),
    # A value is no command, and no PATH.
    '--host check report --expected': (
        '--expected needs a value: --expected FILE',
        'report',
    ),
    '--host check report --host': (
        '--host needs a value: --host NAME',
        'report',
    ),
    '--host': ('--host needs a value: --host NAME', ''),
    'report --output --guests': (
        '--output needs a value: --output FORMAT[:FILE]',
        'report',
    ),
    'report --fail-on': (
        '--fail-on needs a value: --fail-on note|warning|failure|never',
        'report',
    ),
    'report --expected= a': ('argument --expected: it is empty', 'report'),
    'report hosts --group fleet': (
        'argument --group: not NAME=PATTERN[,PATTERN...]: fleet',
        'report',
    ),
}

#: Where the words are right, what is said comes from elsewhere.
RIGHT = ('upgrade check', 'report', 'fix', 'rules')

#: A word of a command line, in the right words of a table.
PLACEHOLDERS = {
    'PATH': 'a.conf',
    'DIR': 'd',
    'NAME': 'implicit-image-backend',
    'OLD': 'a.json',
    'PID': '1',
    'FILE': 'b',
    'TOOL': 'sunbeam',
    '{format}': 'json',
    'FORMAT:FILE': 'json:b',
}

#: Right words that are no part of a command line.
ADVICE = {
    '>/dev/null, for the exit code alone',
    'fix without --write, which changes nothing',
    'rules alone',
}


@pytest.mark.parametrize('line', SAID)
def test_the_first_word_that_is_wrong_is_told(line: str) -> None:
    with pytest.raises(errors.UsageError) as raised:
        command_line.parse(line.split())
    assert (str(raised.value), raised.value.command) == SAID[line]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['report', '--password=S3cr3t'], 'report has no option --password'),
        (
            ['--password', 'S3cr3t', 'report'],
            'there is no option --password',
        ),
        # As mysql has them.
        (['report', '-pS3cr3t'], 'report has no option -p'),
        (
            ['report', '--x\x1b[2J'],
            'report has no option --x\\x1b[2J',
        ),
        (['report', '--' + 'x' * 99], f'has no option --{"x" * 58}...'),
        (['upgrade', 'check', 'a\nS3cr3t'], 'takes no PATH: "a..."'),
        (['\u200b', 'S3cr3t'], 'no command is called "\\u200b"'),
        ([''], 'no command is called ""'),
        ([' '], 'no command is called " "'),
        (['-'], 'no command is called "-"'),
    ],
    ids=repr,
)
def test_nothing_is_shown_that_could_do_harm(
    words: list[str], message: str
) -> None:
    with pytest.raises(errors.UsageError) as raised:
        command_line.parse(words)
    said = str(raised.value)
    assert message in said
    assert 'S3cr3t' not in said
    assert said.isprintable()


def _meant() -> Mapping[str, str]:
    """Return the right words of the tables -> the command they are for."""
    whole = {
        words: '' for many in refusals.COMMANDS.values() for words in many
    }
    for command in RIGHT:
        own = refusals.OPTIONS[command]
        for many in (*refusals.COMMON.values(), *own.values()):
            for words in many:
                whole[words] = command
    for many in refusals.OPTIONS[''].values():
        whole.update(dict.fromkeys(many, ''))
    return {k: v for k, v in whole.items() if k not in ADVICE}


@pytest.mark.parametrize('words', _meant())
def test_right_words_are_right(words: str) -> None:
    line = [PLACEHOLDERS.get(one, one) for one in words.split()]
    if line[0] == vocabulary.PROGRAM:
        del line[0]
    elif line[0].startswith('-'):
        line = [*_meant()[words].split(), *line]
    try:
        command_line.parse(line)
    except SystemExit as end:
        assert end.code == 0


@pytest.mark.parametrize('command', RIGHT)
def test_no_right_option_is_in_a_table_of_wrong_ones(command: str) -> None:
    # Help in some releases of Python: -h, and letters that are ignored.
    flags = {*refusals.COMMON, *refusals.OPTIONS[command]} - {'-help'}
    for flag in flags:
        # Whether it takes a value makes no difference.
        with pytest.raises(errors.UsageError, match='has no option'):
            command_line.parse([*command.split(), flag, 'a'])


def test_a_help_with_one_dash_is_one_or_is_told() -> None:
    with pytest.raises((errors.UsageError, SystemExit)) as raised:
        command_line.parse(['report', '-help'])
    if isinstance(raised.value, errors.UsageError):
        message = 'report has no option -help (did you mean --help?)'
        assert str(raised.value) == message


@pytest.mark.parametrize('word', refusals.COMMANDS)
def test_no_command_is_in_the_table_of_wrong_ones(word: str) -> None:
    with pytest.raises(errors.UsageError, match='no command is called'):
        command_line.parse([word])


@pytest.mark.parametrize('flag', refusals.VALUES)
def test_values_that_are_meant_are_values(flag: str) -> None:
    values = {'--for': vocabulary.TOOLS, '--fail-on': vocabulary.FAIL_ON}
    for word, meant in refusals.VALUES[flag].items():
        assert word not in values[flag]
        assert set(meant) <= set(values[flag])


def test_a_format_of_another_project_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output_option, 'installed_formats', lambda: ['pdf'])
    for line in ('report --pdf', 'report -f pdf', 'report --format=pdf'):
        with pytest.raises(errors.UsageError, match='mean --output pdf'):
            command_line.parse(line.split())
    with pytest.raises(errors.UsageError, match='report --output pdf'):
        command_line.parse(['pdf'])


def test_a_format_may_be_called_as_files_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ['html', 'my.html']
    monkeypatch.setattr(output_option, 'installed_formats', lambda: names)
    for name in ('my.html', 'my.other'):
        options = command_line.parse(['report', '--output', name])
        assert options.outputs == [(name, None)]


def test_files_end_as_formats_are_called() -> None:
    formats = output_option.installed_formats()
    assert {*output_option.SUFFIXES.values()} < {*formats}
    assert not {*output_option.SUFFIXES} & {*formats}


@pytest.mark.parametrize('help_of', ['', 'upgrade', *RIGHT])
def test_examples_can_be_pasted(
    help_of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line.parse([*help_of.split(), '--help'])
    shown = capsys.readouterr().out
    found = re.findall(f'^  {vocabulary.PROGRAM} (.+)$', shown, re.MULTILINE)
    assert len(found) > 1
    for line in found:
        options = command_line.parse(shlex.split(line))
        assert not help_of or options.command.startswith(help_of)
    assert '\nenvironment:\n  NO_COLOR\n      ' in shown


@pytest.mark.parametrize('columns', ['40', '80', '200'])
def test_examples_keep_their_lines_and_all_else_is_wrapped(
    columns: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv('COLUMNS', columns)
    with pytest.raises(SystemExit):
        command_line.parse(['fix', '--help'])
    shown = capsys.readouterr().out
    assert (
        '\n  nova-cow-check fix --rule implicit-image-backend hosts/\n'
        in shown
    )
    _options, _examples, told = shown.partition('\nexamples:\n')
    lines = [
        line
        for line in told.splitlines()
        if not line.startswith(f'  {vocabulary.PROGRAM}')
    ]
    assert max(map(len, lines)) <= int(columns) - 2
    assert lines[0].startswith('      ')
