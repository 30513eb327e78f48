# SPDX-License-Identifier: Apache-2.0

"""A reload of nova-compute's configuration changes nothing that is judged.

What was changed after its start is thus not in effect until the next one.
"""

from __future__ import annotations

import inspect
import pathlib

import nova.conf
from nova import service
import pytest

from nova_cow_check.nova import opts
from tests.nova import nova_compute
from tests.unit import hosts

BEFORE = hosts.nova_conf(images_type='qcow2', force_raw_images='True')
AFTER = hosts.nova_conf(
    'fake.FakeDriver', 'flat', use_cow_images='False', force_raw_images='False'
)


def values() -> list[object]:
    return [
        (nova.conf.CONF[one.opt_group] if one.opt_group else nova.conf.CONF)[
            one.name
        ]
        for one in opts.OPTIONS
    ]


def test_it_mutates_and_reads_no_option_of_ours_anew(
    load: nova_compute.Load, tmp_path: pathlib.Path
) -> None:
    load(BEFORE)
    before = values()
    (tmp_path / 'nova.conf').write_text(AFTER)
    # What SIGHUP does, by what serve() asks oslo.service for.
    assert "restart_method='mutate'" in inspect.getsource(service.serve)
    nova.conf.CONF.mutate_config_files()
    assert values() == before
    nova.conf.CONF.reset()
    load(AFTER)
    assert all(one != other for one, other in zip(values(), before))


@pytest.mark.parametrize('option', opts.OPTIONS, ids=str)
def test_no_option_of_ours_is_mutable(option: opts.Option) -> None:
    info = nova.conf.CONF._get_opt_info(option.name, option.opt_group)
    assert not info['opt'].mutable
