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

"""The script for the charm, run by a shell; a stand-in answers for Juju."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
import subprocess

import pytest

from nova_cow_check.deployment import juju
from nova_cow_check.deployment import wanted as wants
from nova_cow_check import findings
from nova_cow_check import opts
from nova_cow_check import origins

NOT_SET = origins.Origin(origins.OriginKind.DEFAULT)
FLAT = findings.set_to(opts.IMAGES_TYPE, 'flat', NOT_SET)
USE_COW_IMAGES = findings.set_to(opts.USE_COW_IMAGES, False, NOT_SET)
FORCE_RAW_IMAGES = findings.set_to(opts.FORCE_RAW_IMAGES, True, NOT_SET)
UNUSED = findings.remove('DEFAULT', 'use_cow_images', NOT_SET)

#: Answers to "config APPLICATION KEY", writes down everything else.
STAND_IN = """\
#!/bin/sh
case "$3" in
config-flags) cat list; exit "$(cat status)" ;;
*) shift 2; printf '%s\\n' "$@" >> options ;;
esac
"""

Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Run:
    """Run the script for changes, return the options that it sets."""
    program = tmp_path / 'juju'
    program.write_text(STAND_IN)
    program.chmod(0o755)

    def run(
        *changes: findings.Change, flags: str = '', status: int = 0
    ) -> list[str]:
        (tmp_path / 'list').write_text(f'{flags}\n')
        (tmp_path / 'status').write_text(str(status))
        options = tmp_path / 'options'
        options.write_text('')
        subprocess.run(
            ['sh', '-u'],
            input=juju.script(wants.of(changes)),
            cwd=tmp_path,
            env={**os.environ, 'PATH': f'{tmp_path}:{os.environ["PATH"]}'},
            encoding='ascii',
            stderr=subprocess.PIPE,
        )
        return options.read_text().splitlines()

    return run


class TestOptions:
    def test_the_charms_own(self, run: Run) -> None:
        assert run(FLAT) == ['libvirt-image-backend=flat']
        assert run(FORCE_RAW_IMAGES) == ['force-raw-images=True']

    def test_all_are_set_at_once(self) -> None:
        script = juju.script(wants.of([FLAT, USE_COW_IMAGES]))
        (line,) = [one for one in script.splitlines() if '=flat' in one]
        assert 'config-flags=' in line

    @pytest.mark.parametrize('value', ['lvm', 'ploop', 'default'])
    def test_a_backend_that_the_charm_does_not_take(
        self, value: str, run: Run
    ) -> None:
        change = findings.set_to(opts.IMAGES_TYPE, value, NOT_SET)
        assert run(change) == []
        script = juju.script(wants.of([change]))
        assert f'no option for [libvirt]/images_type = {value}' in script

    def test_a_removal_that_the_charm_does_not_know(self, run: Run) -> None:
        odd = findings.remove('DEFAULT', 'use-cow$(x)', NOT_SET)
        assert run(odd) == []
        assert 'no option' in juju.script(wants.of([odd]))


class TestTheList:
    @pytest.mark.parametrize(
        'before, after',
        [
            ('', 'use_cow_images=False'),
            ('a=1', 'a=1,use_cow_images=False'),
            ('a=1,2,b=x:y', 'a=1,2,b=x:y,use_cow_images=False'),
            ('use_cow_images=True', 'use_cow_images=False'),
            ('a=1, use_cow_images = 1,b=2', 'a=1,b=2,use_cow_images=False'),
            ('x_use_cow_images=1', 'x_use_cow_images=1,use_cow_images=False'),
        ],
    )
    def test_what_else_is_in_it_stays(
        self, before: str, after: str, run: Run
    ) -> None:
        assert run(USE_COW_IMAGES, flags=before) == [f'config-flags={after}']

    @pytest.mark.parametrize(
        'before, after',
        [
            ('use_cow_images=False', ''),
            ('a=1,use_cow_images=False,b=2', 'a=1,b=2'),
            ('a=1', 'a=1'),
        ],
    )
    def test_removal(self, before: str, after: str, run: Run) -> None:
        assert run(UNUSED, flags=before) == [f'config-flags={after}']

    def test_nothing_is_set_if_it_is_yaml(self, run: Run) -> None:
        assert run(FLAT, USE_COW_IMAGES, flags='{a: 1, b: x=y}') == []

    def test_nothing_is_set_if_juju_cannot_tell_it(self, run: Run) -> None:
        assert run(FLAT, USE_COW_IMAGES, status=1) == []
