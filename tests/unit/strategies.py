# SPDX-License-Identifier: Apache-2.0

"""Generated configurations, and the ConfigOpts they are compared with."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from unittest import mock

from hypothesis import strategies as st
from oslo_config import cfg

from nova_cow_check.nova import opts
from tests.unit import hosts

GROUPS = (
    'DEFAULT', 'DEFAULT', 'libvirt', 'libvirt', 'LIBVIRT', 'LibVirt',
    'default', 'Default', 'libvirt ', 'compute', 'api', 'x:y=z',
)  # fmt: skip

NAMES = (
    'images_type', 'use_cow_images', 'force_raw_images', 'compute_driver',
    'images_type', 'use_cow_images', 'force_raw_images', 'compute_driver',
    'use-cow-images', 'libvirt_images_type', 'Images_Type', 'image_type',
    'flag', 'my_ip', 'transport_url',
)  # fmt: skip

VALUES = (
    'True', 'true', 'False', 'OFF', '1', '0', 'yes', 'no', 'on',
    'qcow2', 'raw', 'flat', 'rbd', 'lvm', 'ploop', 'default',
    'libvirt.LibvirtDriver', 'libvirt.driver.LibvirtDriver',
)  # fmt: skip

ODD_VALUES = (
    '', 'y', 'maybe', 'QCOW2', 'qcow', 'False # why', 'raw ; why', '"', "''",
    '$use_cow_images', '${force_raw_images}', '$libvirt.images_type',
    '${libvirt.images_type}', '$images_type', '$undefined', '$undefined.x',
    '$$use_cow_images', r'\$use_cow_images', '$', 'a=b', 'a:b', '[raw]',
    'nova.virt.libvirt.LibvirtDriver', 'ironic.IronicDriver',
    'hyperv.HyperVDriver', 'custom.Driver', 'é', '\N{NO-BREAK SPACE}raw',
)  # fmt: skip


@st.composite
def assignments(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """Lines that assign a value: quoted, spaced, continued or not."""
    name = draw(st.sampled_from(NAMES))
    separator = draw(st.sampled_from(['=', ' = ', ':', ' :  ', '\t=']))
    quote = draw(st.sampled_from(['', '', '', '"', "'"]))
    text = f'{name}{separator}{quote}{draw(values)}{quote}'
    text += draw(st.sampled_from(['', '', '', '', '  ', '\t']))
    if draw(st.integers(0, 9)) == 0:
        text += draw(st.sampled_from(['\n  more', '\n\tTrue', '\n images=1']))
    return text


OTHER_LINES = st.sampled_from(
    ['', '   ', '# use_cow_images = True', ';images_type=raw', '#', '\x0c']
)


@st.composite
def files(
    draw: st.DrawFn, values: st.SearchStrategy[str], faults: bool = False
) -> str:
    """The text of a configuration file."""
    lines = []
    for _section in range(draw(st.integers(0, 4))):
        lines.append(f'[{draw(st.sampled_from(GROUPS))}]')
        line = assignments(values) | OTHER_LINES
        lines += draw(st.lists(line, max_size=5))
    if faults and draw(st.integers(0, 5)) == 0:
        fault = st.sampled_from(
            ['[open', '[]', 'no separator', ' continued', '= value', '[a]b']
        )
        lines.insert(draw(st.integers(0, len(lines))), draw(fault))
    end = draw(st.sampled_from(['\n', '\n', '\r\n']))
    last = draw(st.sampled_from(['', '\n']))
    return ('\n'.join(lines) + last).replace('\n', end)


@st.composite
def environments(
    draw: st.DrawFn, values: st.SearchStrategy[str]
) -> dict[str, str]:
    """OS_* variables; few, so that the files count."""
    names = [option.variable for option in opts.OPTIONS]
    names += ['OS_DEFAULT__IMAGES_TYPE', 'OS_LIBVIRT__IMAGE_TYPE']
    chosen = draw(
        st.lists(st.sampled_from(names), max_size=2)
        if draw(st.integers(0, 3)) == 0
        else st.just([])
    )
    return {name: draw(values) for name in chosen}


@dataclasses.dataclass(frozen=True)
class Tree:
    """What is in a directory, and the command line that names some of it."""

    files: dict[str, str]
    arguments: list[str]
    environment: dict[str, str]

    def write(self, directory: pathlib.Path) -> list[str]:
        """Write it and return the command line with full paths."""
        for path, content in self.files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(content.encode())
        return [
            word if word.startswith('--') else str(directory / word)
            for word in self.arguments
        ]


PATHS = (
    'home/nova.conf', 'home/.nova/nova-compute.conf', 'home/nova-compute.conf',
    'home/nova.conf.d/10-a.conf', 'home/nova.conf.d/9-b.conf',
    'home/nova.conf.d/ignored.txt', 'home/.nova/nova-compute.conf.d/c.conf',
    'given.conf', 'other.conf', 'given.d/B.conf', 'given.d/a.conf',
)  # fmt: skip


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Default and given files and directories of a nova-compute."""
    values = st.sampled_from(VALUES) | st.sampled_from(ODD_VALUES)
    present = draw(st.sets(st.sampled_from(PATHS), min_size=1))
    found = {
        path: draw(files(values, faults=True)) for path in sorted(present)
    }
    places = [['--config-file', p] for p in ('given.conf', 'other.conf')]
    places += [['--config-dir', 'given.d']]
    possible = [p for p in places if any(f.startswith(p[1]) for f in found)]
    named = (
        draw(st.lists(st.sampled_from(possible), max_size=3))
        if possible
        else []
    )
    return Tree(
        found,
        [word for place in named for word in place],
        draw(environments(values)),
    )


def reference(
    arguments: list[str], home: pathlib.Path, environment: dict[str, str]
) -> dict[str, object]:
    """Return what a real ConfigOpts reads: values, or its exceptions."""
    conf = cfg.ConfigOpts()
    for option in opts.OPTIONS:
        conf.register_opt(option.opt, group=option.opt_group)
    variables = {'HOME': str(home), **environment}
    read: dict[str, object] = {}
    with mock.patch.dict(os.environ, variables):
        conf(arguments, project='nova', prog='nova-compute')
        for option in opts.OPTIONS:
            group = conf[option.opt_group] if option.opt_group else conf
            try:
                read[option.name] = group[option.name]
            except (ValueError, cfg.Error, RecursionError) as error:
                is_value_error = isinstance(error, ValueError)
                read[option.name] = (
                    ValueError if is_value_error else cfg.NoSuchOptError
                )
    return read


#: What could be written by someone who wishes to harm the reader.
HOSTILE = st.text(
    st.sampled_from(
        '\x00\x08\x1b[]2J\r\n\t\x7f\x85"\'<>&{0}(%:#?/\\$~é\u2028\u202e'
        '\udcff\ufffe'
    )
    | st.characters(exclude_categories=['Cs']),
    min_size=1,
    max_size=12,
)


@st.composite
def hostile_hosts(draw: st.DrawFn) -> hosts.Host:
    """A host with one file, whose name, sections and values are hostile."""
    group, value = (
        ''.join(draw(HOSTILE).split()) or 'x' for _hole in range(2)
    )
    content = (
        f'[{group}]\nuse_cow_images = False\n'
        f'[libvirt]\nimages_type = {value}\n'
        f'[DEFAULT]\nuse_cow_images = {value}\n'
        f'compute_driver = nova.virt.{value}\n'
    )
    variable = f'OS_{"".join(filter(str.isalnum, group))}__IMAGES_TYPE'
    return hosts.Host({draw(HOSTILE): content}, {variable: value})
