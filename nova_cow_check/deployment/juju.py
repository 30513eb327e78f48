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

"""Options of the charm nova-compute, as a script of Juju commands."""

from __future__ import annotations

import shlex

from nova_cow_check._i18n import _
from nova_cow_check.deployment import pages
from nova_cow_check.deployment import wanted as wants

#: Options of the charm, from its config.yaml. The others of [DEFAULT] go
#: into config-flags.
_OPTIONS = {
    ('libvirt', 'images_type'): 'libvirt-image-backend',
    ('DEFAULT', 'force_raw_images'): 'force-raw-images',
}

#: Values of libvirt-image-backend.
_BACKENDS = frozenset({'raw', 'qcow2', 'rbd', 'flat'})

#: What the charm writes elsewhere: nova-compute.conf, which beats nova.conf.
_OUT_OF_REACH = frozenset({('DEFAULT', 'compute_driver')})


def script(wanted: wants.Wanted) -> str:
    """Return the commands that give a deployment the settings.

    All options are set by one command: the charm writes nova.conf at each,
    and half of the settings can be worse than none.
    """
    options: list[str] = []
    flags: list[str] = []
    dropped: list[str] = []
    notes = ''
    for group, values in wanted.settings.items():
        for name, value in values.items():
            option = _OPTIONS.get((group, name))
            if option is not None and _takes(option, value):
                options.append(f'{option}={shlex.quote(value)}')
            elif _is_flag(group, name):
                flags.append(f'{name}={value}')
                dropped.append(name)
            else:
                notes += _no_option(f'[{group}]/{name} = {value}')
    for group, name in wanted.removed:
        if _is_flag(group, name):
            dropped.append(name)
        else:
            notes += _no_option(f'[{group}]/{name}')
    if not options and not dropped:
        return notes
    command = ''
    if dropped:
        command = _flags(dropped, flags)
        options.append('config-flags="$flags"')
    command += f'juju config nova-compute {" ".join(options)}\n'
    return '\n'.join(filter(None, [_introduction(), notes, command]))


def _takes(option: str, value: str) -> bool:
    return option != 'libvirt-image-backend' or value in _BACKENDS


def _is_flag(group: str, name: str) -> bool:
    option = (group, name)
    known = option in _OPTIONS or option in _OUT_OF_REACH
    return group == 'DEFAULT' and not known and name.isidentifier()


def _introduction() -> str:
    return pages.comment(
        _(
            'charm-nova-compute: run this where juju reaches the model. The '
            'application may have another name than nova-compute. The charm '
            'writes nova.conf and restarts nova-compute at once, on all '
            'units of the application.'
        )
    )


def _no_option(setting: str) -> str:
    return pages.comment(
        _('The charm nova-compute has no option for %s.') % setting
    )


def _flags(dropped: list[str], added: list[str]) -> str:
    """Return the commands that work out the new list config-flags.

    The charm takes the list for YAML if a ":" is before the first "=":
    charmhelpers/contrib/openstack/utils.py, config_flags_parser.
    """
    names = sorted(set(dropped))
    explanation = pages.comment(
        _(
            'The charm has no option of its own for %s. The list '
            'config-flags takes it; what else is in the list stays. Where '
            'the list is YAML, with ":" before the first "=", nothing is '
            'done: change it by hand.'
        )
        % ', '.join(f'[DEFAULT]/{name}' for name in names)
    )
    pattern = f'^ *({"|".join(names)}) *='
    commands = [
        'flags=$(juju config nova-compute config-flags)',
        '[ "${flags%%[:=]*}" = "${flags%%=*}" ]',
        """flags=$(printf '%s' "$flags" | tr , '\\n' |\n"""
        f"  grep -Ev '{pattern}' | paste -sd, -)",
    ]
    if added:
        commands.append(f'flags="${{flags:+$flags,}}{",".join(added)}"')
    return explanation + ' &&\n'.join([*commands, ''])
