# SPDX-License-Identifier: Apache-2.0

"""What is said of words that are not understood, and the right ones.

Loaded when a command line is refused, and never else. What is wrong with one
is found in its words, since each release of Python has its own messages.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import output_option
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing

#: Command -> its options -> what a help calls the word that has to stand
#: behind them, '' for none. A command of which others are a part has no other
#: words: '' and 'upgrade'.
_Options = Mapping[str, Mapping[str, str]]

#: Words that people type for a command -> what they mean.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ('check', 'status', 'test', 'scan', 'validate', 'verify', 'lint'),
        (vocabulary.CHECK,),
    ),
    'run': (vocabulary.CHECK, vocabulary.REPORT),
    'version': (f'{vocabulary.PROGRAM} --version',),
    **dict.fromkeys(('show', 'audit', 'fleet', 'hosts'), (vocabulary.REPORT,)),
    **dict.fromkeys(
        ('compare', 'since'), (f'{vocabulary.REPORT} --compare OLD',)
    ),
    'diff': (vocabulary.FIX, f'{vocabulary.REPORT} --compare OLD'),
    'guests': (f'{vocabulary.REPORT} --guests',),
    **dict.fromkeys(('repair', 'edit', 'remediate'), (vocabulary.FIX,)),
    **dict.fromkeys(('apply', 'write'), (f'{vocabulary.FIX} --write',)),
    'list': (vocabulary.RULES,),
    **dict.fromkeys(
        ('explain', 'describe', 'info'), (f'{vocabulary.RULES} NAME',)
    ),
}

_DEBUG = ('--debug',)
_QUIET = (_('>/dev/null, for the exit code alone'),)
_FILE = ('--config-file PATH',)

#: Stands for the format that was typed, if it is one.
_FORMAT = '{format}'
_OUTPUT = (f'--output {_FORMAT}',)

#: Options that people type -> what they mean, in every command.
COMMON: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(('-V', '-version'), (f'{vocabulary.PROGRAM} --version',)),
    **dict.fromkeys(('-?', '-help', '--usage'), ('--help',)),
    **dict.fromkeys(('-v', '-vv', '--verbose', '-d', '--trace'), _DEBUG),
    **dict.fromkeys(('-q', '--quiet', '--silent', '-s'), _QUIET),
    **dict.fromkeys(('-c', '--config', '--conf', '--file'), _FILE),
    **dict.fromkeys(('--confdir', '-C'), ('--config-dir DIR',)),
    **dict.fromkeys(('-H', '--hostname'), ('--host NAME',)),
    **dict.fromkeys(('--no-color', '--no-colour'), ('--color never',)),
    **dict.fromkeys(
        ('--pid', '-p', '--process', '--live', '--container'),
        ('--running PID',),
    ),
    **dict.fromkeys(
        ('--ignore', '--skip', '--exclude', '--waive', '--waiver'),
        ('--waivers FILE',),
    ),
}

#: Command -> options that people type -> what they mean.
OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    '': {
        '--json': (
            f'{vocabulary.CHECK} --json',
            f'{vocabulary.REPORT} --output json',
        ),
        '-v': (f'{vocabulary.PROGRAM} --version',),
        **dict.fromkeys(
            ('--check', '-c', '--config', '-f'), (vocabulary.CHECK,)
        ),
        **dict.fromkeys(
            ('--format', '-o'), (f'{vocabulary.REPORT} --output {_FORMAT}',)
        ),
        **dict.fromkeys(('--list', '--list-rules'), (vocabulary.RULES,)),
        **dict.fromkeys(('--apply', '--repair'), (vocabulary.FIX,)),
        '--fix': (vocabulary.FIX,),
        '--report': (vocabulary.REPORT,),
    },
    vocabulary.CHECK: {
        **dict.fromkeys(
            ('--output', '--format', '-f', '-o', '-j', '--output-format'),
            ('--json', f'{vocabulary.REPORT} --output {_FORMAT}'),
        ),
    },
    vocabulary.REPORT: {
        **dict.fromkeys(
            ('-f', '--format', '-o', '--out', '-F', '--output-format'),
            _OUTPUT,
        ),
        **dict.fromkeys(
            ('--output-file', '--outfile', '--write'),
            ('--output FORMAT:FILE',),
        ),
        '-j': ('--output json',),
        **dict.fromkeys(
            ('--diff', '--since', '--baseline', '--old', '--previous'),
            ('--compare OLD',),
        ),
        **dict.fromkeys(
            ('--exit-zero', '--no-fail', '--exit-code', '--soft-fail'),
            ('--fail-on never',),
        ),
        **dict.fromkeys(
            ('--strict', '--severity', '--level'), ('--fail-on note',)
        ),
        **dict.fromkeys(
            ('--hosts', '--inventory', '-i', '--path', '--fleet', '-r'),
            (f'{vocabulary.REPORT} PATH',),
        ),
    },
    vocabulary.FIX: {
        **dict.fromkeys(
            ('--apply', '-w', '-i', '--in-place', '--yes', '-y', '--force'),
            ('--write',),
        ),
        **dict.fromkeys(
            ('--dry-run', '-n', '--check', '--diff', '--noop'),
            (_('fix without --write, which changes nothing'),),
        ),
        **dict.fromkeys(('--tool', '-t', '--deployment'), ('--for TOOL',)),
        **dict.fromkeys(('--only', '--select', '-r'), ('--rule NAME',)),
        **dict.fromkeys(
            ('--format', '-f', '--output', '-o'),
            (f'{vocabulary.REPORT} --output {_FORMAT}',),
        ),
        **dict.fromkeys(
            ('--hosts', '--inventory', '--path'), (f'{vocabulary.FIX} PATH',)
        ),
    },
    vocabulary.RULES: {
        **dict.fromkeys(('--list', '-l', '--all', '-a'), (_('rules alone'),)),
        **dict.fromkeys(
            ('--rule', '--name', '--explain', '--show', '-r'),
            (f'{vocabulary.RULES} NAME',),
        ),
    },
}

#: Option -> values that people type -> those that they mean.
VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    '--for': {
        'osa': ('openstack-ansible',),
        'juju': ('charm-nova-compute',),
        'microstack': ('sunbeam',),
        'helm': ('openstack-helm',),
        'ansible': ('kolla-ansible', 'openstack-ansible'),
        **dict.fromkeys(('openshift', 'operator'), ('rhoso',)),
    },
    '--fail-on': {
        **dict.fromkeys(('error', 'critical', 'high', '2'), ('failure',)),
        **dict.fromkeys(('medium', '1'), ('warning',)),
        **dict.fromkeys(('info', 'low', 'all', 'any'), ('note',)),
        **dict.fromkeys(('none', 'off', 'no', '0'), ('never',)),
    },
}


class _Line(NamedTuple):
    """What the words of a command line look like."""

    #: The command, or as much of it as there is.
    command: str
    #: Options, in order, with what is joined to them by an equals sign.
    flags: tuple[str, ...]
    #: Stands where a command is expected, and is none.
    stranger: str | None
    #: What follows each of the flags, and the stranger.
    following: Mapping[str, str | None]


def explained(
    error: errors.UsageError,
    parser: argparse.ArgumentParser,
    words: Sequence[str],
    unknown: Sequence[str],
) -> errors.UsageError:
    """Return what is said of a command line that is refused.

    :param error: what is known already
    :param parser: has all commands
    :param words: of the command line
    :param unknown: those of them that no option and no command takes
    :returns: what is said of the first word that is wrong, or, if each is a
        right one, what is known already; both with the command whose help
        tells more
    """
    options = _options(parser)
    line = _read(words, options)
    refusal = _refusal(line, unknown, options) or error
    refusal.command = line.command
    return refusal


def of_value(
    flag: str, word: str, values: Collection[str]
) -> errors.UsageError:
    """Return what is said of a value that an option does not have.

    :param flag: the option
    :param values: those that it has
    """
    meant = VALUES[flag].get(word.lower(), errors.similar(word, values))
    words = {'option': flag, 'value': printing.value_as_shown(word)}
    return errors.did_you_mean(
        _('%(option)s has no value "%(value)s"') % words,
        meant,
        _('there are %s') % ', '.join(values),
    )


def _options(
    parser: argparse.ArgumentParser, command: str = ''
) -> dict[str, Mapping[str, str]]:
    """Return the options of all commands.

    argparse has no public way to ask; what completes words in shells asks
    as this does.
    """
    own = parser._option_string_actions.items()
    found: dict[str, Mapping[str, str]] = {
        command: {
            flag: str(one.metavar or '|'.join(one.choices or ()))
            if one.nargs is None
            else ''
            for flag, one in own
        }
    }
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, child in action.choices.items():
                found.update(_options(child, f'{command} {word}'.strip()))
    return found


def _read(words: Sequence[str], options: _Options) -> _Line:
    takes_word = {k: v for own in options.values() for k, v in own.items()}
    command, stranger = '', None
    flags: list[str] = []
    takes_options, is_value = True, False
    for word in words:
        if word == '--':
            # Nothing behind it is an option.
            takes_options = False
            continue
        is_flag = takes_options and len(word) > 1 and word.startswith('-')
        if is_flag:
            flags.append(word)
        elif not is_value and _is_part(command, options):
            longer = f'{command} {word}' if command else word
            if not word or longer not in options:
                stranger = word
                break
            command = longer
        is_value = is_flag and bool(takes_word.get(word))
    following = dict(zip(words, [*words[1:], None]))
    return _Line(command, tuple(flags), stranger, following)


def _is_part(command: str, options: _Options) -> bool:
    """Return whether a command is only a part of others."""
    start = f'{command} '.lstrip()
    return any(one.startswith(start) for one in options if one != command)


def _refusal(
    line: _Line, unknown: Sequence[str], options: _Options
) -> errors.UsageError | None:
    """Return what is said of the first word that is wrong, if one is."""
    command = line.command
    for word in line.flags:
        if word.partition('=')[0] not in options[command]:
            return _of_option(word, line, options)
    if line.stranger is not None:
        return _of_command(line.stranger, line, options)
    for word in line.flags:
        expected = options[command].get(word)
        behind = line.following[word]
        if expected and (behind is None or behind in line.flags):
            return errors.UsageError(
                _('%(option)s needs a value: %(option)s %(value)s')
                % {'option': word, 'value': expected}
            )
    if _is_part(command, options):
        commands = ', '.join(_whole(options, command))
        return errors.UsageError(_('a command is missing: %s') % commands)
    others = [one for one in unknown if one != '--']
    return _of_unknown(others[0], line) if others else None


def _whole(options: _Options, start: str = '') -> list[str]:
    """Return the commands that do something.

    :param start: what they begin with
    """
    return [
        one
        for one in options
        if one.startswith(start) and not _is_part(one, options)
    ]


def _of_command(
    word: str, line: _Line, options: _Options
) -> errors.UsageError:
    meant: Sequence[str]
    following = line.following[word] or ''
    commands = _whole(options, line.command)
    lower = word.lower()
    if lower == 'help':
        named = following and _whole(options, following)
        meant = [f'{one} --help' for one in named or [vocabulary.PROGRAM]]
    elif lower and lower in options:
        meant = _whole(options, lower)
    elif lower in COMMANDS:
        meant = COMMANDS[lower]
    elif '/' in word or lower.endswith(('.conf', '.json')):
        meant = [
            f'{vocabulary.REPORT} PATH',
            f'{vocabulary.CHECK} --config-file PATH',
        ]
    else:
        meant = errors.similar(f'{line.command} {word}'.strip(), commands)
        meant = meant or _of_another_kind(word)
    return errors.did_you_mean(
        _('no command is called "%s"') % printing.value_as_shown(word),
        meant,
        _('there are %s') % ', '.join(commands),
    )


def _of_another_kind(word: str) -> list[str]:
    """Return what a word could mean that names something else."""
    if word in output_option.installed_formats():
        return [f'{vocabulary.REPORT} --output {word}']
    # It loads slowly.
    from nova_cow_check.rules import registry

    if word in registry.RULES:
        return [f'{vocabulary.RULES} {word}']
    return []


def _of_option(word: str, line: _Line, options: _Options) -> errors.UsageError:
    flag, _equals, value = word.partition('=')
    command = line.command
    own = OPTIONS.get(command, {})
    table = {**COMMON, **own}
    formats = output_option.installed_formats()
    asked = value or line.following[word] or ''
    others = [
        f'{other or vocabulary.PROGRAM} {flag}'
        for other in options
        if flag in options[other]
    ]
    if flag in table:
        name, colon, _path = asked.partition(':')
        name = name if name in formats else 'FORMAT'
        name += ':FILE' if colon else ''
        meant = [one.replace(_FORMAT, name) for one in table[flag]]
    elif flag.startswith('--') and flag[2:] in formats:
        start = '' if command == vocabulary.REPORT else 'report '
        meant = [f'{start}--output {flag[2:]}']
    else:
        # Dashes, which all have, would make them more alike.
        bare = {one.lstrip('-'): one for one in options[command]}
        similar = errors.similar(flag.lstrip('-'), bare)
        meant = others or [bare[one] for one in similar]
    # A value can be joined to a short one without an equals sign, and be a
    # password.
    is_shown = flag.startswith('--') or flag in table
    words = {
        'command': command,
        'option': printing.value_as_shown(flag if is_shown else flag[:2]),
    }
    sentence = _('there is no option %(option)s')
    if command:
        sentence = _('%(command)s has no option %(option)s')
    return errors.did_you_mean(sentence % words, meant)


def _of_unknown(word: str, line: _Line) -> errors.UsageError:
    """Return what is said of a word that is right, but not there."""
    command = line.command
    flag = word.partition('=')[0]
    words = {
        'command': command,
        'word': printing.value_as_shown(word),
        'option': printing.value_as_shown(flag),
    }
    if word in line.flags:
        return errors.UsageError(
            _('%(option)s belongs behind %(command)s') % words
        )
    if command == vocabulary.CHECK:
        return errors.did_you_mean(
            _('%(command)s takes no PATH: "%(word)s"') % words,
            [f'{vocabulary.REPORT} PATH', *_FILE],
        )
    if command == vocabulary.RULES:
        return errors.UsageError(
            _('%(command)s takes one NAME, and not "%(word)s" as well') % words
        )
    return errors.UsageError(
        _(
            'each PATH stands beside the others, with no option between '
            'them: "%(word)s"'
        )
        % words
    )
