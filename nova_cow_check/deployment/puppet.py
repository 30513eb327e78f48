# SPDX-License-Identifier: Apache-2.0

"""What to write for puppet-nova: parameters in the hiera data.

Facts are from the module's own code, with the releases that have them: a
resource ``nova_config`` for a parameter without a value removes the line
(openstacklib, lib/puppet/provider/openstack_config/ruby.rb).
"""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.deployment import instructions

#: Option -> parameter, from manifests/compute.pp and
#: manifests/compute/libvirt.pp.
_PARAMETERS = {
    ('libvirt', 'images_type'): 'nova::compute::libvirt::images_type',
    ('DEFAULT', 'use_cow_images'): 'nova::compute::use_cow_images',
    ('DEFAULT', 'force_raw_images'): 'nova::compute::force_raw_images',
}

#: Parameters that are younger than the module. images_type came in 18.4.0,
#: use_cow_images in 18.0.0 and in the last releases of Ussuri and Victoria.
_YOUNG = frozenset({('libvirt', 'images_type'), ('DEFAULT', 'use_cow_images')})

#: Value of compute_driver -> parameter, from manifests/compute/libvirt.pp,
#: ironic.pp and vmware.pp: each driver has a class.
_DRIVERS = {
    'libvirt.LibvirtDriver': 'nova::compute::libvirt::compute_driver',
    'ironic.IronicDriver': 'nova::compute::ironic::compute_driver',
    'vmwareapi.VMwareVCDriver': 'nova::compute::vmware::compute_driver',
}


def override(wanted: instructions.Wanted) -> str:
    """Return parameters for hiera, and what older modules take instead.

    :param wanted: settings of one host, one at least or one to remove
    """
    keys: dict[str, str | bool] = {}
    notes = ''
    no_parameter = _(
        'puppet-nova: no parameter of nova::compute or '
        'nova::compute::libvirt is for %s.'
    )
    for group, name, value in _settings(wanted):
        key = _parameter(group, name, value)
        if key is not None:
            keys[key] = instructions.native(value)
        else:
            setting = f'[{group}]/{name} = {value}'
            notes += instructions.comment(no_parameter % setting)
    if not keys and not wanted.removed:
        return notes
    return notes + instructions.page(
        wanted if keys else wanted._replace(settings={}),
        where=_(
            'puppet-nova: put this into the hiera data of the compute hosts, '
            'all of it before Puppet runs again: the module removes a line '
            'that somebody wrote into nova.conf, if its parameter has no '
            'value. With TripleO, put it below parameter_defaults, '
            'ComputeExtraConfig, and deploy the overcloud.'
        ),
        body=instructions.as_yaml(keys) + _for_old_modules(wanted),
        removal=_(
            'puppet-nova: remove the parameter of %s from the hiera data, if '
            'there is one. When Puppet runs again, the line of '
            '/etc/nova/nova.conf goes, one at a run if there are several. '
            'What the module has no parameter for, and what is in another '
            'file, stays until somebody removes it.'
        ),
        deploy=('puppet agent --test',),
    )


def _settings(wanted: instructions.Wanted) -> Iterator[tuple[str, str, str]]:
    for group, values in wanted.settings.items():
        for name, value in values.items():
            yield group, name, value


def _parameter(group: str, name: str, value: str) -> str | None:
    if (group, name) == ('DEFAULT', 'compute_driver'):
        return _DRIVERS.get(value)
    return _PARAMETERS.get((group, name))


def _for_old_modules(wanted: instructions.Wanted) -> str:
    """Return comments with what works where a key does nothing.

    It stays a comment: a module that has a parameter ends with an error if
    nova::config sets the option, too.
    """
    resources = {
        f'{group}/{name}': {'value': value}
        for group, name, value in _settings(wanted)
        if (group, name) in _YOUNG
    }
    if not resources:
        return ''
    explanation = _(
        'Modules before 18.4.0 (Wallaby), such as those of TripleO from Train '
        'to Victoria, do not have all of these parameters, and ignore a key '
        'without a parameter in silence: see whether nova.conf has the '
        'settings when Puppet has run. For those that it does not have, '
        'write this instead, where the class nova::config is included, as '
        'TripleO does. There, a setting that has a parameter ends Puppet '
        'with "Duplicate declaration".'
    )
    block = instructions.as_yaml({'nova::config::nova_config': resources})
    lines = ''.join(f'#   {line}\n' for line in block.splitlines())
    return f'\n{instructions.comment(explanation)}{lines}'
