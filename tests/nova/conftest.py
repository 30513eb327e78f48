# SPDX-License-Identifier: Apache-2.0

"""Nova and QEMU are what these tests are for: without them they fail."""

from __future__ import annotations

from collections.abc import Iterator
import gc
import os
import pathlib
import shutil
import warnings

from oslo_config import cfg
import pytest

for program in ('qemu-img', 'qemu-io'):
    if shutil.which(program) is None:
        pytest.exit(f'tests/nova needs {program}', returncode=1)

# Nova reads it when it is imported; eventlet would only be in the way.
os.environ['OS_NOVA_DISABLE_EVENTLET_PATCHING'] = '1'
try:
    with warnings.catch_warnings():
        # About Nova and its libraries, years after their release.
        warnings.simplefilter('ignore')
        # Goes first, because it settles the matter of eventlet before the
        # libraries that look for it are imported.
        import nova.tests.functional  # noqa: F401

        import nova.conf
        from nova import config
        from nova import objects
        from tests.nova import choice
        from tests.nova import harness
        from tests.nova import nova_compute
except ImportError as error:
    pytest.exit(f'tests/nova needs Nova and its tests: {error}', returncode=1)

# All of Nova, which no collection has to go through again.
gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        '--together',
        type=int,
        metavar='N',
        help='of a table, run no more than shows any N values together',
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    together = config.getoption('--together')
    if together:
        items[:], left_out = choice.apart(items, together)
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope='session')
def cloud(tmp_path_factory: pytest.TempPathFactory) -> harness.Cloud:
    """Hosts, and the guests that have been booted so far."""
    objects.register_all()
    return harness.Cloud(tmp_path_factory.mktemp('cloud'))


@pytest.fixture(autouse=True)
def _for_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove what a test makes: the disks of all would fill a machine."""
    if 'cloud' not in request.fixturenames:
        yield
        return
    with request.getfixturevalue('cloud').for_once():
        yield


@pytest.fixture
def load(tmp_path: pathlib.Path) -> Iterator[nova_compute.Load]:
    """Return a function that reads a nova.conf as nova-compute does."""

    def read(content: str) -> cfg.ConfigOpts:
        path = tmp_path / 'nova.conf'
        path.write_text(content)
        config.parse_args(
            ['nova-compute', '--config-file', str(path)],
            configure_db=False,
            init_rpc=False,
        )
        return nova.conf.CONF

    yield read
    nova.conf.CONF.reset()
