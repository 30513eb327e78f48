# SPDX-License-Identifier: Apache-2.0

"""The checks and the options, on Nova's own configuration."""

from __future__ import annotations

import pathlib

import nova.conf
from oslo_config import types
from oslo_upgradecheck import upgradecheck
import pytest

from nova_cow_check import checks
from nova_cow_check.nova import opts
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing
from nova_cow_check.sources import host
from tests.nova import nova_compute

CONF = nova.conf.CONF


@pytest.mark.parametrize(
    'content, expected',
    [
        ('[libvirt]\nimages_type = qcow2\n', (0, 0, 0)),
        ('[libvirt]\nimages_type = default\n', (0, 1, 0)),
        ('[libvirt]\nimages_type = flat\n', (0, 0, 1)),
        (
            '[libvirt]\nimages_type = qcow2\n[DEFAULT]\nuse_cow_images = 0\n',
            (0, 0, 2),
        ),
        ('[libvirt]\nuse_cow_images = False\n', (1, 1, 0)),
        ('[DEFAULT]\nuse_cow_images = False # why\n', (2, 2, 2)),
        (
            '[libvirt]\nimages_type=rbd\n[DEFAULT]\nforce_raw_images=no\n',
            (0, 2, 0),
        ),
    ],
)
def test_in_novas_own_upgrade_checks(
    content: str, expected: tuple[int, ...], load: nova_compute.Load
) -> None:
    """A program that has Nova's options registered runs our checks."""
    conf = load(content)
    functions = [check for _name, check in checks.Checks().get_checks()]
    command = upgradecheck.UpgradeCommands()
    results = [function(command, conf=conf) for function in functions]
    assert tuple(result.code for result in results) == expected


def test_values_and_places_are_those_of_novas_options(
    load: nova_compute.Load, tmp_path: pathlib.Path
) -> None:
    conf = load('[DEFAULT]\nuse_cow_images = $force_raw_images\n[libvirt]\n')
    known = host_settings.read(conf, host.configuration_of(conf))
    assert known.use_cow_images.value is True
    assert known.use_cow_images.origin == parsing.Origin(
        parsing.OriginKind.FILE, str(tmp_path / 'nova.conf'), 2
    )
    assert known.images_type.value == 'default'


def test_a_reference_to_a_password_is_not_shown(
    load: nova_compute.Load,
) -> None:
    """Nova's options resolve it, which ours alone do not."""
    conf = load(
        '[database]\nconnection = hunter2\n'
        '[DEFAULT]\ncompute_driver = ${database.connection}\n'
        '[libvirt]\nimages_type = ${database.connection}\n'
    )
    known = host_settings.read(conf, host.configuration_of(conf))
    shown = [wording.setting(setting) for setting in known.all]
    assert 'hunter2' not in ' '.join(shown)
    assert '${database.connection}' in shown[1]


@pytest.mark.parametrize(
    'option', (*opts.OPTIONS, *opts.GUEST_OPTIONS), ids=str
)
def test_an_option_is_declared_as_nova_declares_it(
    option: opts.Option,
) -> None:
    registered = (
        CONF[option.opt_group]._group._opts
        if (option.opt_group)
        else CONF._opts
    )
    novas = registered[option.name]['opt']
    assert type(novas) is type(option.opt)
    assert novas.default == option.opt.default
    assert novas.deprecated_opts == option.opt.deprecated_opts
    # Of those that are judged, the parser knows one name each.
    assert novas.deprecated_opts == [] or option not in opts.OPTIONS
    if isinstance(novas.type, types.String):
        assert novas.type.choices == option.opt.type.choices


def test_no_option_of_nova_is_taken_for_a_mistake() -> None:
    names = [('DEFAULT', name) for name in CONF._opts]
    names += [
        (group, name)
        for group in CONF._groups
        for name in CONF._groups[group]._opts
    ]
    assert len(names) > 500
    taken = [
        f'[{group}]/{name}'
        for group, name in names
        if lookalikes.recognize(
            group.lower() if group != 'DEFAULT' else group, name
        )
    ]
    assert taken == []
