# SPDX-License-Identifier: Apache-2.0

"""What a fleet is measured against: a new ConfigOpts for each host.

A program of its own, which knows nothing of nova-cow-check: the script that
a developer would write with oslo.config. It prints the values as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from oslo_config import cfg

#: As nova/conf/compute.py and nova/conf/libvirt.py declare them.
OPTS = {
    'DEFAULT': (
        cfg.StrOpt('compute_driver'),
        cfg.BoolOpt('use_cow_images', default=True),
        cfg.BoolOpt('force_raw_images', default=True),
    ),
    'libvirt': (
        cfg.StrOpt(
            'images_type',
            default='default',
            choices=('raw', 'flat', 'qcow2', 'lvm', 'rbd', 'ploop', 'default'),
        ),
    ),
}


def main() -> None:
    folder = sys.argv[1]
    values = {
        name: read(os.path.join(folder, name))
        for name in sorted(os.listdir(folder))
    }
    json.dump(values, sys.stdout)


def read(directory: str) -> dict[str, Any]:
    """Return the values of one host, None for one that is not valid."""
    conf = cfg.ConfigOpts()
    for group, opts in OPTS.items():
        conf.register_opts(opts, None if group == 'DEFAULT' else group)
    conf(
        [],
        project='nova',
        prog='nova-compute',
        default_config_files=present(directory, '.conf'),
        default_config_dirs=present(directory, '.conf.d'),
    )
    values = {}
    for group, opts in OPTS.items():
        for opt in opts:
            try:
                found = conf if group == 'DEFAULT' else conf[group]
                values[opt.name] = found[opt.name]
            except ValueError:
                values[opt.name] = None
    return values


def present(directory: str, extension: str) -> list[str]:
    """Return what there is of what nova-compute reads by default."""
    paths = (
        os.path.join(directory, name + extension)
        for name in ('nova', 'nova-compute')
    )
    return [path for path in paths if os.path.exists(path)]


if __name__ == '__main__':
    main()
