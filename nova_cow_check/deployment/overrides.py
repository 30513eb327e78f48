# SPDX-License-Identifier: Apache-2.0

"""The text to write for a deployment tool, in place of an edit.

Each text is a file or a script of that tool's as it stands: what there is to
know about it is in comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
import shlex
import sys
import textwrap
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.deployment import tools
from nova_cow_check import printing
from nova_cow_check.rules import findings


def override(tool: tools.Tool, changes: Iterable[findings.Change]) -> str:
    """Return what to write for a tool, where, and how to deploy it.

    :param changes: those of one host; what is to be kept is written, too
    :return: lines, each with its end; none if nothing is to be done
    """
    wanted = _wanted_of(changes)
    if not wanted.settings and not wanted.removed:
        return ''
    return _OVERRIDES[tool.name](wanted)


class _Wanted(NamedTuple):
    """Settings that a host is to have, wherever they come from."""

    #: Group -> name -> value, as nova.conf spells them.
    settings: Mapping[str, Mapping[str, str]]
    #: Settings to remove, as (group, name); none that is in `settings`.
    removed: tuple[tuple[str, str], ...]

    @property
    def ini(self) -> str:
        """The settings as sections of a nova.conf."""
        sections = (
            ''.join(
                [f'[{group}]\n']
                + [f'{name} = {value}\n' for name, value in values.items()]
            )
            for group, values in self.settings.items()
        )
        return '\n'.join(sections)


def _wanted_of(changes: Iterable[findings.Change]) -> _Wanted:
    """Return what changes lead to.

    What is to be kept is wanted as well: a tool writes only what it is told.
    """
    values: dict[tuple[str, str], str] = {}
    removed: dict[tuple[str, str], None] = {}
    for change in changes:
        option = (
            printing.printable(change.group),
            printing.printable(change.name),
        )
        if change.value is None:
            removed[option] = None
        elif option not in values or change.action is findings.Action.SET:
            values[option] = printing.printable(change.value)
    settings: dict[str, dict[str, str]] = {}
    for group, name in sorted(values):
        settings.setdefault(group, {})[name] = values[group, name]
    return _Wanted(
        settings, tuple(option for option in removed if option not in values)
    )


def comment(words: str, width: int = 79) -> str:
    """Return comment lines with a text; no path or command is broken."""
    lines = textwrap.wrap(
        words, width - 2, break_long_words=False, break_on_hyphens=False
    )
    return ''.join(f'# {line}\n' for line in lines)


def _page(
    wanted: _Wanted,
    *,
    where: str,
    body: str,
    removal: str,
    deploy: Sequence[str],
    trailer: str = '',
) -> str:
    """Return a whole override.

    :param where: tells where the body is to be written
    :param body: what to write; left out if nothing is to be set
    :param removal: tells where a setting, its ``%s``, is to be removed from
    :param deploy: lines of the command that deploys it
    :param trailer: what to write in any case
    """
    pieces = [comment(where) + body] if wanted.settings else []
    pieces += [
        comment(removal % f'[{group}]/{name}')
        for group, name in wanted.removed
    ]
    if trailer:
        pieces[-1] += trailer
    commands = ''.join(f'#   {line}\n' for line in deploy)
    pieces.append(comment(_('Then deploy it:')) + commands)
    return '\n'.join(pieces)


def _kolla_ansible(wanted: _Wanted) -> str:
    """Return the lines for a file of the operator that is merged."""
    # ansible/roles/nova-cell/tasks/config.yml: the last one wins.
    return _page(
        wanted,
        where=_(
            'kolla-ansible: add this to '
            '/etc/kolla/config/nova/nova-compute.conf on the host that '
            'deploys. Only nova/HOST/nova.conf below /etc/kolla/config beats '
            'it.'
        ),
        body=wanted.ini,
        removal=_(
            'kolla-ansible: remove %s from global.conf, nova.conf, '
            'nova/nova-compute.conf and nova/HOST/nova.conf below '
            '/etc/kolla/config on the host that deploys, wherever it is.'
        ),
        deploy=('kolla-ansible reconfigure -i INVENTORY --tags nova',),
    )


def _sunbeam(wanted: _Wanted) -> str:
    """Return a file of the directory that is the operator's."""
    return _page(
        wanted,
        where=_(
            'Sunbeam: write this into '
            '/var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d/'
            '90-image-settings.conf on the compute host. Files there beat '
            'nova.conf; of these, the last in the order of names wins.'
        ),
        body=wanted.ini,
        removal=_(
            'Sunbeam: remove %s from the files in '
            '/var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d on '
            'the compute host, wherever it is.'
        ),
        deploy=('sudo snap restart openstack-hypervisor.nova-compute',),
    )


def _openstack_ansible(wanted: _Wanted) -> str:
    """Return a variable of Ansible."""
    # Text: config_template writes what str() makes of a value.
    return _page(
        wanted,
        where=_(
            'openstack-ansible: put this into '
            '/etc/openstack_deploy/group_vars/nova_compute.yml. Where '
            'user_variables.yml has nova_nova_conf_overrides, add it there: '
            'that one beats the group. Two variables of this name are not '
            'merged.'
        ),
        body=_yaml({'nova_nova_conf_overrides': wanted.settings}),
        removal=_(
            'openstack-ansible: remove %s from nova_nova_conf_overrides '
            'below /etc/openstack_deploy, wherever it is.'
        ),
        deploy=(
            'openstack-ansible openstack.osa.nova --tags nova-config '
            '--limit nova_compute',
            _('# with older releases, the playbook is os-nova-install.yml'),
        ),
    )


#: Parameters of puppet-nova, from manifests/compute.pp and
#: manifests/compute/libvirt.pp.
_HIERA = {
    ('libvirt', 'images_type'): 'nova::compute::libvirt::images_type',
    ('DEFAULT', 'use_cow_images'): 'nova::compute::use_cow_images',
    ('DEFAULT', 'force_raw_images'): 'nova::compute::force_raw_images',
}


def _puppet_nova(wanted: _Wanted) -> str:
    """Return parameters for hiera."""
    keys: dict[str, str | bool] = {}
    notes = ''
    no_parameter = _(
        'puppet-nova: no parameter of nova::compute or '
        'nova::compute::libvirt is for %s.'
    )
    for group, values in wanted.settings.items():
        for name, value in values.items():
            key = _HIERA.get((group, name))
            if key is not None:
                keys[key] = _native(value)
            else:
                notes += comment(no_parameter % f'[{group}]/{name} = {value}')
    if not keys and not wanted.removed:
        return notes
    return notes + _page(
        wanted if keys else wanted._replace(settings={}),
        where=_(
            'puppet-nova: put this into the hiera data of the compute hosts. '
            'With TripleO, put it below parameter_defaults, '
            'ComputeExtraConfig, and deploy the overcloud.'
        ),
        body=_yaml(keys),
        removal=_(
            'puppet-nova: remove the parameter of %s from the hiera data, if '
            'there is one; the line of nova.conf goes with it. A line that '
            'no parameter wrote stays until somebody removes it.'
        ),
        deploy=('puppet agent --test',),
    )


def _openstack_helm(wanted: _Wanted) -> str:
    """Return values of the chart."""
    tree = {
        group: {name: _native(value) for name, value in values.items()}
        for group, values in wanted.settings.items()
    }
    return _page(
        wanted,
        where=_(
            'openstack-helm: put this into a file with values for the chart '
            'nova, such as nova-image-settings.yaml.'
        ),
        body=_yaml({'conf': {'nova': tree}}),
        removal=_(
            'openstack-helm: remove %s from conf.nova in the values of the '
            'chart nova, wherever it is.'
        ),
        deploy=(
            'helm upgrade nova openstack-helm/nova --namespace openstack \\',
            '  --values YOUR-VALUES.yaml --values nova-image-settings.yaml',
        ),
    )


def _yaml(tree: Mapping[str, object]) -> str:
    # Only for these tools: it takes long to load.
    import yaml

    dumped: str = yaml.safe_dump(
        tree, sort_keys=False, allow_unicode=True, width=sys.maxsize
    )
    return dumped


def _native(value: str) -> str | bool:
    return {'True': True, 'False': False}.get(value, value)


#: Behind 01-nova.conf and 02-nova-host-specific.conf, which it has to beat.
_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: nova-extra-config
  namespace: openstack
data:
  30-nova-image-settings.conf: |
"""

_DEPLOYMENT = """\
---
apiVersion: dataplane.openstack.org/v1beta1
kind: OpenStackDataPlaneDeployment
metadata:
  name: nova-image-settings
  namespace: openstack
spec:
  nodeSets:
    - openstack-edpm
  servicesOverride:
    - nova
"""


def _rhoso(wanted: _Wanted) -> str:
    """Return a ConfigMap, and the deployment that takes it."""
    # edpm-ansible, roles/edpm_nova: config.json.j2 takes *nova*.conf.
    return _page(
        wanted,
        where=_(
            'RHOSO: save this as nova-image-settings.yaml, with the names of '
            'your node sets and of their service for nova. If the ConfigMap '
            'nova-extra-config exists, add the key to it instead: oc apply '
            'can drop its other keys.'
        ),
        body=_CONFIG_MAP + textwrap.indent(wanted.ini, '    '),
        removal=_(
            'RHOSO: remove %s from the keys of the ConfigMap '
            'nova-extra-config, wherever it is. Save what follows as '
            'nova-image-settings.yaml, with the names of your node sets and '
            'of their service for nova.'
        ),
        deploy=('oc apply -f nova-image-settings.yaml',),
        trailer=_DEPLOYMENT,
    )


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


def _charm_nova_compute(wanted: _Wanted) -> str:
    """Return the commands that give a deployment the settings.

    All options are set by one command: the charm writes nova.conf at each,
    and half of the settings can be worse than none.
    """
    options: list[str] = []
    flags: list[str] = []
    dropped: list[str] = []
    missing: list[str] = []
    for group, values in wanted.settings.items():
        for name, value in values.items():
            option = _OPTIONS.get((group, name))
            is_backend = option == 'libvirt-image-backend'
            if option and (not is_backend or value in _BACKENDS):
                options.append(f'{option}={shlex.quote(value)}')
            elif _is_flag(group, name):
                flags.append(f'{name}={value}')
                dropped.append(name)
            else:
                missing.append(f'[{group}]/{name} = {value}')
    for group, name in wanted.removed:
        if _is_flag(group, name):
            dropped.append(name)
        else:
            missing.append(f'[{group}]/{name}')
    no_option = _('The charm nova-compute has no option for %s.')
    notes = ''.join(comment(no_option % setting) for setting in missing)
    if not options and not dropped:
        return notes
    command = ''
    if dropped:
        command = _flags(dropped, flags)
        options.append('config-flags="$flags"')
    command += f'juju config nova-compute {" ".join(options)}\n'
    introduction = _(
        'charm-nova-compute: run this where juju reaches the model. The '
        'application may have another name than nova-compute. The charm '
        'writes nova.conf and restarts nova-compute at once, on all '
        'units of the application.'
    )
    return '\n'.join(filter(None, [comment(introduction), notes, command]))


def _is_flag(group: str, name: str) -> bool:
    option = (group, name)
    known = option in _OPTIONS or option in _OUT_OF_REACH
    return group == 'DEFAULT' and not known and name.isidentifier()


def _flags(dropped: list[str], added: list[str]) -> str:
    """Return the commands that work out the new list config-flags.

    The charm takes the list for YAML if a ":" is before the first "=":
    charmhelpers/contrib/openstack/utils.py, config_flags_parser.
    """
    names = sorted(set(dropped))
    explanation = comment(
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


#: Name of a tool -> what its override is made with.
_OVERRIDES: Mapping[str, Callable[[_Wanted], str]] = {
    'kolla-ansible': _kolla_ansible,
    'openstack-ansible': _openstack_ansible,
    'puppet-nova': _puppet_nova,
    'openstack-helm': _openstack_helm,
    'charm-nova-compute': _charm_nova_compute,
    'sunbeam': _sunbeam,
    'rhoso': _rhoso,
}
