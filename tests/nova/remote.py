# SPDX-License-Identifier: Apache-2.0

"""Stand-ins for the ssh and scp that Nova runs to reach the other host."""

from __future__ import annotations

import os
import pathlib

# Nova runs: ssh -o BatchMode=yes HOST COMMAND [ARGUMENT...]
_SSH = '''#!/bin/sh
host=$3
shift 3
for word do
    shift
    case $word in
        {here}/*) word="{there}${{word#{here}}}" ;;
    esac
    set -- "$@" "$word"
done
exec "$@"
'''

# Nova runs: scp [-C] -r PATH HOST:PATH
_SCP = '''#!/bin/sh
[ "$1" = -C ] && shift
host=${{3%%:*}} path=${{3#*:}}
exec cp -r "$2" "{there}${{path#{here}}}"
'''


def install(
    root: pathlib.Path, here: pathlib.Path, there: pathlib.Path
) -> str:
    """Write the programs and return a PATH that has them first.

    :param root: an existing folder to put them in
    :param here: instances_path, as both hosts know it
    :param there: where the other host's instances_path can be reached, with
        ``$host`` for its address
    """
    programs = root / 'bin'
    programs.mkdir()
    for name, text in (('ssh', _SSH), ('scp', _SCP)):
        program = programs / name
        program.write_text(text.format(here=here, there=there))
        program.chmod(0o755)
    # mkswap and mkfs are not on an ordinary user's PATH everywhere.
    return os.pathsep.join(
        (str(programs), os.environ['PATH'], '/usr/sbin', '/sbin')
    )
