# SPDX-License-Identifier: Apache-2.0

"""Which Nova a process runs, by what is installed within its root."""

from __future__ import annotations

from collections.abc import Mapping
import os
import pathlib
from typing import NamedTuple

import pytest

from nova_cow_check.sources import installed_nova
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

PID = 4242


def metadata(version: str, name: str = 'nova') -> str:
    return (
        f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n'
        'Summary: Cloud computing fabric controller\n\nVersion: 1.2.3\n'
    )


class Layout(NamedTuple):
    """A process, what its root has, and the Nova that it would import."""

    words: str
    #: Path -> content, below its root.
    tree: Mapping[str, str]
    expected: str | None
    exe: str = '/usr/bin/python3.11'
    environment: Mapping[str, str] = {}
    maps: str = ''


DEBIAN = '/usr/lib/python3/dist-packages/nova-26.2.2.egg-info/PKG-INFO'
LOCAL = '/usr/local/lib/python3.11/dist-packages'
VENV = '/opt/nova/lib/python3.11/site-packages'
ISOLATED = 'home = /usr/bin\ninclude-system-site-packages = false\n'
OPEN = 'home = /usr/bin\nInclude-System-Site-Packages=True\n'
OF_DEBIAN = '/usr/bin/python3 /usr/bin/nova-compute --config-file a'
OF_VENV = '/opt/nova/bin/python3 /opt/nova/bin/nova-compute'

LAYOUTS = {
    'Debian': Layout(OF_DEBIAN, {DEBIAN: metadata('26.2.2')}, '26.2.2'),
    'Debian, and one of pip before it': Layout(
        OF_DEBIAN,
        {
            DEBIAN: metadata('26.2.2'),
            f'{LOCAL}/nova-29.0.0.dist-info/METADATA': metadata('29.0.0'),
        },
        '29.0.0',
    ),
    'a file as metadata': Layout(
        OF_DEBIAN,
        {
            '/usr/lib/python3/dist-packages/nova-20.6.1.egg-info': metadata(
                '20.6.1'
            )
        },
        '20.6.1',
    ),
    'RHEL': Layout(
        '/usr/bin/python3 -s /usr/bin/nova-compute',
        {
            '/usr/lib/python3.9/site-packages/nova-27.1.0-py3.9.egg-info/'
            'PKG-INFO': metadata('27.1.0'),
            '/usr/lib/python3.6/site-packages/nova-20.0.0-py3.6.egg-info/'
            'PKG-INFO': metadata('20.0.0'),
        },
        '27.1.0',
        '/usr/bin/python3.9',
    ),
    'kolla': Layout(
        '/var/lib/kolla/venv/bin/python3 /var/lib/kolla/venv/bin/nova-compute',
        {
            '/var/lib/kolla/venv/pyvenv.cfg': OPEN,
            '/var/lib/kolla/venv/lib/python3.11/site-packages/'
            'nova-30.1.0.dist-info/METADATA': metadata('30.1.0'),
            DEBIAN: metadata('26.2.2'),
        },
        '30.1.0',
    ),
    'a virtual environment': Layout(
        OF_VENV,
        {
            '/opt/nova/pyvenv.cfg': ISOLATED,
            f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('31.0.0'),
            DEBIAN: metadata('26.2.2'),
        },
        '31.0.0',
    ),
    'a virtual environment without Nova': Layout(
        OF_VENV,
        {'/opt/nova/pyvenv.cfg': ISOLATED, DEBIAN: metadata('26.2.2')},
        None,
        maps='/usr/lib/python3/dist-packages/x.so',
    ),
    'a virtual environment that has the packages of the system': Layout(
        OF_VENV,
        {'/opt/nova/pyvenv.cfg': OPEN, DEBIAN: metadata('26.2.2')},
        '26.2.2',
    ),
    'PYTHONPATH': Layout(
        OF_VENV,
        {
            '/opt/nova/pyvenv.cfg': ISOLATED,
            f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('31.0.0'),
            '/srv/nova/nova.egg-info/PKG-INFO': metadata('35.0.0.dev3'),
        },
        '35.0.0.dev3',
        environment={'PYTHONPATH': 'relative:/nowhere:/srv/nova'},
    ),
    'PYTHONPATH that is passed over': Layout(
        '/usr/bin/python3 -u -W ignore -sE /usr/bin/nova-compute',
        {
            DEBIAN: metadata('26.2.2'),
            '/srv/nova/nova.egg-info/PKG-INFO': metadata('35.0.0.dev3'),
        },
        '26.2.2',
        environment={'PYTHONPATH': '/srv/nova'},
    ),
    'PYTHONHOME': Layout(
        OF_DEBIAN,
        {DEBIAN: metadata('26.2.2')},
        None,
        environment={'PYTHONHOME': '/srv/python'},
    ),
    'the packages of the user': Layout(
        OF_DEBIAN,
        {
            DEBIAN: metadata('26.2.2'),
            '/var/lib/nova/.local/lib/python3.11/site-packages/'
            'nova-32.0.0.dist-info/METADATA': metadata('32.0.0'),
        },
        '32.0.0',
    ),
    'the packages of the user, passed over': Layout(
        '/usr/bin/python3 -s /usr/bin/nova-compute',
        {
            DEBIAN: metadata('26.2.2'),
            '/var/lib/nova/.local/lib/python3.11/site-packages/'
            'nova-32.0.0.dist-info/METADATA': metadata('32.0.0'),
        },
        '26.2.2',
    ),
    'a Python that is called so': Layout(
        '/usr/local/bin/python /opt/nova/bin/nova-compute',
        {f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('31.0.0')},
        '31.0.0',
    ),
    'only its title': Layout(
        'nova-compute', {DEBIAN: metadata('1.2.3')}, '1.2.3'
    ),
    'a program whose place tells nothing': Layout(
        './python ./nova-compute',
        {
            '/snap/x/lib/python3.12/site-packages/nova-30.0.0.dist-info/'
            'METADATA': metadata('30.0.0')
        },
        '30.0.0',
        '/snap/x/bin/run',
        maps='/snap/x/lib/python3.12/site-packages/greenlet/g.so',
    ),
    'several Pythons of which none is known': Layout(
        '/opt/nova/bin/nova-compute',
        {
            f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('31.0.0'),
            '/opt/nova/lib/python3.12/site-packages/nova-32.0.0.dist-info/'
            'METADATA': metadata('32.0.0'),
        },
        None,
        '/opt/nova/bin/python3',
    ),
    'two Novas in one place': Layout(
        OF_VENV,
        {
            f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('31.0.0'),
            f'{VENV}/nova-32.0.0.dist-info/METADATA': metadata('32.0.0'),
        },
        None,
    ),
    'others that are called so': Layout(
        OF_VENV,
        {
            f'{VENV}/nova_cow_check-1.0.0.dist-info/METADATA': metadata(
                '1.0.0', 'nova-cow-check'
            ),
            f'{VENV}/nova-1.0.0.dist-info/METADATA': metadata(
                '1.0.0', 'novas'
            ),
            f'{VENV}/nova/METADATA': metadata('1.0.0'),
            f'{VENV}/supernova-1.0.0.dist-info/METADATA': metadata('1.0.0'),
        },
        None,
    ),
    'no version': Layout(
        OF_VENV,
        {f'{VENV}/nova-31.0.0.dist-info/METADATA': 'Name: nova\n\nVersion: 1'},
        None,
    ),
    'a version that is none': Layout(
        OF_VENV,
        {f'{VENV}/nova-31.0.0.dist-info/METADATA': metadata('\x1b[2J')},
        None,
    ),
    'a directory in place of a file': Layout(
        OF_VENV, {f'{VENV}/nova-31.0.0.dist-info/METADATA/x': ''}, None
    ),
    'nothing': Layout(OF_DEBIAN, {'/etc/passwd': ''}, None),
}


def found(
    layout: Layout,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    top: str = '/',
) -> str | None:
    """Return what is found of a process that is not there.

    :param top: its root directory, as the kernel tells it
    """
    tree = tmp_path / 'root'
    for path, content in layout.tree.items():
        place = tree / path.lstrip('/')
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    process = tmp_path / 'proc' / str(PID)
    process.mkdir(parents=True)
    words = layout.words.split()
    (process / 'cmdline').write_text(''.join(f'{word}\0' for word in words))
    outside = top.rstrip('/')
    (process / 'exe').symlink_to(outside + layout.exe)
    (process / 'root').symlink_to(top)
    if layout.maps:
        line = f'7f00-7f01 r-xp 0 fd:01 1 {outside}{layout.maps}\n'
        (process / 'maps').write_text('55d0-55d1 rw-p 0 0:0 0 [heap]\n' + line)
    monkeypatch.setattr(installed_nova, '_PROC', str(tmp_path / 'proc'))
    around = search.Surroundings(
        roots.Root(str(tree)), layout.environment, '/var/lib/nova', '/'
    )
    installed = installed_nova.find(PID, around)
    return installed and installed.release


@pytest.mark.parametrize('name', LAYOUTS)
def test_which_nova_it_is(
    name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = LAYOUTS[name]
    assert found(layout, tmp_path, monkeypatch) == layout.expected


@pytest.mark.parametrize(
    'name', ['a program whose place tells nothing', 'Debian', 'kolla']
)
def test_behind_chroot_the_kernel_tells_paths_from_our_root(
    name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = LAYOUTS[name]
    top = '/srv/container'
    assert found(layout, tmp_path, monkeypatch, top) == layout.expected


def test_no_link_leads_out_of_its_root(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / 'outside' / 'nova-31.0.0.dist-info'
    outside.mkdir(parents=True)
    (outside / 'METADATA').write_text(metadata('31.0.0'))
    place = tmp_path / 'root' / VENV.lstrip('/')
    place.mkdir(parents=True)
    (place / 'nova-31.0.0.dist-info').symlink_to(outside)
    assert found(Layout(OF_VENV, {}, None), tmp_path, monkeypatch) is None


def test_no_pipe_is_waited_for_and_no_device_opened(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / 'root' / VENV.lstrip('/') / 'nova-31.0.0.dist-info'
    place.mkdir(parents=True)
    os.mkfifo(place / 'METADATA')
    assert found(Layout(OF_VENV, {}, None), tmp_path, monkeypatch) is None


def test_of_large_metadata_the_head_is_enough(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = metadata('31.0.0') + 'x' * 10_000_000
    path = f'{VENV}/nova-31.0.0.dist-info/METADATA'
    layout = Layout(OF_VENV, {path: text}, '31.0.0')
    assert found(layout, tmp_path, monkeypatch) == '31.0.0'


def test_a_process_that_has_ended_tells_nothing() -> None:
    around = search.Surroundings(roots.Root(), {})
    assert installed_nova.find(2**22 + 1, around) is None
