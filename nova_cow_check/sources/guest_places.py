# SPDX-License-Identifier: Apache-2.0

"""Where the guests of a host are: instances_path, and libvirt's domains."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.sources import existing
from nova_cow_check.sources import owners
from nova_cow_check.sources import roots

_PROC = '/proc'

#: The programs of libvirt that know the guests of QEMU.
_LIBVIRT = ('libvirtd', 'virtqemud')

#: Characters; no path is longer.
_LONGEST_PATH = 4095


def instances_path(conf: cfg.ConfigOpts) -> str:
    """Return the directory of all instances, as Nova names it.

    :param conf: what nova-compute goes by
    :raises ConfigurationError: if it cannot be told
    """
    path = _value(_with_paths(conf), opts.INSTANCES_PATH)
    if not path.startswith('/'):
        reason = _('%s is not an absolute path: give --instances-path')
        raise errors.ConfigurationError(reason % opts.INSTANCES_PATH)
    return path


def image_cache(conf: cfg.ConfigOpts) -> str:
    """Return the name of the directory of backing files.

    :param conf: what nova-compute goes by
    :raises ConfigurationError: if it cannot be told
    """
    name = _value(_with_paths(conf), opts.IMAGE_CACHE)
    if '/' in name or name in ('', '.', '..'):
        reason = _('%s is not the name of a directory in the instances path')
        raise errors.ConfigurationError(reason % opts.IMAGE_CACHE)
    return name


def _with_paths(conf: cfg.ConfigOpts) -> cfg.ConfigOpts:
    """Return the values of a configuration, with those of `GUEST_OPTIONS`.

    They are not for the values that a host is judged by: a reference that
    Nova can follow there, and we cannot, is told as one.
    """
    if not isinstance(conf, host_config.HostConfig):
        # Nova's own, which knows them all.
        return conf
    values = host_config.HostConfig(conf.configuration, conf.followed)
    written = (one for one in opts.NAMED_IN_PATHS if _is_written(values, one))
    for option in (*opts.GUEST_OPTIONS, *written):
        with contextlib.suppress(cfg.DuplicateOptError):
            values.register_opt(option.opt, group=option.opt_group)
    return values


def _is_written(conf: host_config.HostConfig, option: opts.Option) -> bool:
    found = conf.configuration
    if option.variable in found.environment:
        return True
    if found.assignments(option.group, option.name):
        return True
    return not conf.followed.gap and conf.has_source_of(option)


def _value(conf: cfg.ConfigOpts, option: opts.Option) -> str:
    """Return a value that names a file.

    :raises ConfigurationError: if there is none
    """
    value = None
    with contextlib.suppress(cfg.Error, ValueError, RecursionError):
        group = conf[option.opt_group] if option.opt_group else conf
        value = group[option.name]
    if isinstance(conf, host_config.HostConfig) and conf.followed.gap:
        # A source that could not be read can set it.
        value = value if _is_written(conf, option) else None
    if value is None:
        reason = _(
            '%s is not known: what it refers to, such as state_path, is '
            'written nowhere, or cannot be told here. Give --instances-path'
        )
        if option is opts.IMAGE_CACHE:
            reason = _('%s cannot be told: what it refers to is not known')
        raise errors.ConfigurationError(reason % option)
    # A line behind the first could have been meant as a password.
    if not value.isprintable() or len(value) > _LONGEST_PATH:
        reason = _('the value of %s cannot be used')
        raise errors.ConfigurationError(reason % option)
    return str(value)


def root_of_libvirt() -> roots.Root:
    """Return the root of the libvirt that runs here, ours if none does.

    It can run in another container than nova-compute.

    :raises ConfigurationError: if several run, in roots that differ
    """
    found = {
        (status.st_dev, status.st_ino): root for status, root in _running()
    }
    if len(found) > 1:
        reason = _('libvirt runs here several times: give --domains')
        raise errors.ConfigurationError(reason)
    own = os.stat('/')
    found.pop((own.st_dev, own.st_ino), None)
    return next(iter(found.values()), roots.Root())


def _running() -> Iterator[tuple[os.stat_result, roots.Root]]:
    """Yield the roots of root's libvirts."""
    for name in sorted(filter(str.isdecimal, os.listdir(_PROC)), key=int):
        folder = f'{_PROC}/{name}'
        # It can have ended, and what we may not look at is not root's.
        with contextlib.suppress(OSError):
            if _program(folder) in _LIBVIRT and owners.of(int(name)).uid == 0:
                root = roots.Root(f'{folder}/root')
                yield os.stat(root.directory), root


def _program(folder: str) -> str:
    """Return the name of the program of a process."""
    with open(f'{folder}/cmdline', 'rb') as stream:
        words = stream.read(_LONGEST_PATH).split(b'\0')
    return os.path.basename(os.fsdecode(words[0]))


def domains(named: str | None, is_running: bool) -> existing.Place:
    """Return where libvirt has written down its domains.

    :param named: a directory on this host, None for libvirt's own
    :param is_running: whether it is looked for in the root of libvirt's
        process
    :raises ConfigurationError: if that cannot be told
    """
    if named is not None:
        return existing.Place(named, roots.Root())
    root = root_of_libvirt() if is_running else roots.Root()
    return existing.Place(existing.DOMAINS, root)
