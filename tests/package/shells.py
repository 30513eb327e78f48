# SPDX-License-Identifier: Apache-2.0

"""What real shells complete a command line with."""

from __future__ import annotations

from collections.abc import Sequence
import pathlib
import shlex
import shutil
import subprocess

from tests.functional import conftest
from tests.functional import manual
from tests.package import completions

SHARE = manual.ROOT / 'share'

_BASH = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
read -r -a registered < <(complete -p "$1")
"${registered[-2]}" "$1" "${@: -1}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

_FISH = """
source $argv[1]
complete -C $argv[2]
"""

#: A shell that is used, since completion is a part of its line editor.
_ZSH = """
zmodload zsh/zpty
zpty user zsh -f -i
zpty -w user "source $1"
zpty -r -m user ignored '*is-ready*'
zpty -w -n user $'\\t'
while zpty -r user ignored; do :; done
"""

#: What is offered for a line ends with this.
_END = '=end='

#: What it reads first: all lines are completed at one press of the key, and
#: what is offered goes into a file. What -O, -A or -D have done is an array
#: for somebody else. No list is shown, for which it could ask whether to.
_ZSH_USER = """
fpath=({functions} $fpath)
autoload -Uz compinit
compinit -u -D
compadd() {{
    if [[ ${{@[1,(i)(-|--)]}} != *-(O|A|D)\\ * ]]; then
        local -a offered
        builtin compadd -O offered "$@"
        print -rl -- $offered >> {offers}
    fi
    builtin compadd "$@"
}}
setopt no_auto_list no_auto_menu
complete-all() {{
    local line
    for line in ${{(f)"$(<{lines})"}}; do
        BUFFER=$line
        CURSOR=${{#line}}
        zle complete-word
        print -r -- '{end}' >> {offers}
    done
    exit
}}
zle -N complete-all
bindkey '^I' complete-all
print is-'ready'
"""


def bash(lines: Sequence[str], directory: pathlib.Path) -> list[list[str]]:
    """Return what bash offers for the last word of each, in a directory."""
    return [_bash(line.split(' '), directory) for line in lines]


def _bash(words: Sequence[str], directory: pathlib.Path) -> list[str]:
    path = SHARE / completions.PATHS['bash'].format(words[0])
    return _offers(
        ['bash', '--norc', '-c', _BASH, 'bash', str(path), *words], directory
    )


def fish(lines: Sequence[str], directory: pathlib.Path) -> list[list[str]]:
    """Return what fish offers for the last word of each, in a directory."""
    return [_fish(line, directory) for line in lines]


def _fish(line: str, directory: pathlib.Path) -> list[str]:
    path = SHARE / completions.PATHS['fish'].format(line.split(' ')[0])
    return _offers(
        ['fish', '--no-config', '-c', _FISH, str(path), line], directory
    )


def zsh(lines: Sequence[str], directory: pathlib.Path) -> list[list[str]]:
    """Return what zsh offers for the last word of each, in a directory.

    It takes long to start, and is started once.
    """
    aside = directory / '.zsh'
    aside.mkdir()
    asked, offers, user = (aside / name for name in ('lines', 'offers', 'rc'))
    asked.write_text('\n'.join(lines))
    offers.touch()
    user.write_text(
        _ZSH_USER.format(
            functions=shlex.quote(
                str((SHARE / completions.PATHS['zsh']).parent)
            ),
            lines=shlex.quote(str(asked)),
            offers=shlex.quote(str(offers)),
            end=_END,
        )
    )
    _offers(['zsh', '-f', '-c', _ZSH, 'zsh', str(user)], directory)
    *parts, rest = offers.read_text().split(f'{_END}\n')
    assert rest == ''
    return [_sorted(part) for part in parts]


SHELLS = {'bash': bash, 'fish': fish, 'zsh': zsh}


def _offers(command: Sequence[str], directory: pathlib.Path) -> list[str]:
    """Run a shell; return the lines that it prints."""
    conftest.required(
        shutil.which(command[0]) is not None, f'needs {command[0]}'
    )
    result = subprocess.run(
        command,
        cwd=directory,
        env=conftest.environment(directory, TERM='xterm'),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.stderr == ''
    return _sorted(result.stdout)


def _sorted(lines: str) -> list[str]:
    """Return the words without what fish says of each behind a tabulator."""
    words = (line.partition('\t')[0] for line in lines.splitlines())
    return sorted({word.rstrip('/') for word in words if word})
