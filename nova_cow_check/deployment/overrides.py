# SPDX-License-Identifier: Apache-2.0

"""The text to write for a deployment tool, in place of an edit.

Each text is a file or a script of that tool's as it stands: what there is to
know about it is in comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
import shlex
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check.deployment import instructions
from nova_cow_check.deployment import puppet
from nova_cow_check.deployment import tools
from nova_cow_check.rules import findings


def override(tool: tools.Tool, changes: Iterable[findings.Change]) -> str:
    """Return what to write for a tool, where, and how to deploy it.

    :param changes: those of one host; what is to be kept is written, too
    :return: lines, each with its end; none if nothing is to be done
    """
    wanted = instructions.wanted_of(changes)
    if not wanted.settings and not wanted.removed:
        return ''
    return _OVERRIDES[tool.name](wanted)


def _kolla_ansible(wanted: instructions.Wanted) -> str:
    """Return the lines for a file of the operator that is merged."""
    # ansible/roles/nova-cell/tasks/config.yml, "Copying over nova.conf": the
    # last one wins. nova/HOST/nova-compute.conf is among them since 17.0.0.
    return instructions.page(
        wanted,
        where=_(
            'kolla-ansible: add this to '
            '/etc/kolla/config/nova/nova-compute.conf on the host that '
            'deploys. Below /etc/kolla/config, only nova/HOST/nova.conf and '
            'nova/HOST/nova-compute.conf beat it, with HOST as in the '
            'inventory.'
        ),
        body=wanted.ini,
        removal=_(
            'kolla-ansible: remove %s from global.conf, nova.conf, '
            'nova/nova-compute.conf, nova/HOST/nova.conf and '
            'nova/HOST/nova-compute.conf below /etc/kolla/config on the host '
            'that deploys, wherever it is.'
        ),
        deploy=('kolla-ansible reconfigure -i INVENTORY --tags nova',),
    )


def _sunbeam(wanted: instructions.Wanted) -> str:
    """Return a file of the directory that is the operator's."""
    return instructions.page(
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


def _openstack_ansible(wanted: instructions.Wanted) -> str:
    """Return a variable of Ansible."""
    # Text: config_template writes what str() makes of a value. The files of
    # variables are those that scripts/openstack-ansible.sh gives with -e.
    return instructions.page(
        wanted,
        where=_(
            'openstack-ansible: put this into '
            '/etc/openstack_deploy/group_vars/nova_compute.yml. Where a file '
            'user_*.yml in /etc/openstack_deploy, such as '
            'user_variables.yml, has nova_nova_conf_overrides, add it '
            'there: that one beats the group, and is for all services of '
            'Nova. Two variables of this name are not merged.'
        ),
        body=instructions.as_yaml(
            {'nova_nova_conf_overrides': wanted.settings}
        ),
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


def _openstack_helm(wanted: instructions.Wanted) -> str:
    """Return values of the chart."""
    tree = {
        group: {
            name: instructions.native(value) for name, value in values.items()
        }
        for group, values in wanted.settings.items()
    }
    files = '--values YOUR-VALUES.yaml'
    if wanted.settings:
        files += ' --values nova-image-settings.yaml'
    return instructions.page(
        wanted,
        where=_(
            'openstack-helm: put this into a file with values for the chart '
            'nova, such as nova-image-settings.yaml.'
        ),
        body=instructions.as_yaml({'conf': {'nova': tree}}),
        removal=_(
            'openstack-helm: remove %s from conf.nova in the values of the '
            'chart nova, wherever it is.'
        ),
        deploy=(
            'helm upgrade nova openstack-helm/nova --namespace openstack \\',
            f'  {files}',
        ),
    )


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


def _rhoso(wanted: instructions.Wanted) -> str:
    """Return a ConfigMap, and the deployment that takes it."""
    # edpm-ansible, roles/edpm_nova: nova_compute.yaml, which was
    # config.json.j2, takes *nova*.conf. openstack-operator's
    # openstackdataplanedeployment_controller.go leaves what is deployed.
    return instructions.page(
        wanted,
        where=_(
            'RHOSO: save this as nova-image-settings.yaml, with the names of '
            'your node sets and of their service for nova. If the ConfigMap '
            'nova-extra-config exists, add the key to it instead: oc apply '
            'can drop its other keys. A deployment is carried out once: if '
            'there is one of this name, choose another name.'
        ),
        body=_CONFIG_MAP + textwrap.indent(wanted.ini, '    '),
        removal=_(
            'RHOSO: remove %s from the keys of the ConfigMap '
            'nova-extra-config, wherever it is. Save what follows as '
            'nova-image-settings.yaml, with the names of your node sets and '
            'of their service for nova, and with a name that no other '
            'deployment has.'
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


def _charm_nova_compute(wanted: instructions.Wanted) -> str:
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
    notes = ''.join(
        instructions.comment(no_option % setting) for setting in missing
    )
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
    return '\n'.join(
        filter(None, [instructions.comment(introduction), notes, command])
    )


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
    explanation = instructions.comment(
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
_OVERRIDES: Mapping[str, Callable[[instructions.Wanted], str]] = {
    'kolla-ansible': _kolla_ansible,
    'openstack-ansible': _openstack_ansible,
    'puppet-nova': puppet.override,
    'openstack-helm': _openstack_helm,
    'charm-nova-compute': _charm_nova_compute,
    'sunbeam': _sunbeam,
    'rhoso': _rhoso,
}
