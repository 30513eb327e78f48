# SPDX-License-Identifier: Apache-2.0

"""Files that [DEFAULT]/config_source names on a server count, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import http.server
import json
import socket
import threading

from oslo_config import cfg
from oslo_config.sources import _uri
import pytest

from tests.functional import conftest
from tests.functional import passwords

SECRET = passwords.ON_THE_LINE
CHECK = ('upgrade', 'check')

#: Every option that is read here.
ALL_WRITTEN = (
    'compute_driver = libvirt.LibvirtDriver\n'
    'use_cow_images = True\nforce_raw_images = True\n'
    '[libvirt]\nimages_type = qcow2\n'
)

Serve = Callable[[str], str]


def need_a_driver_that_works() -> None:
    """Skip a test where no server can be asked."""
    for option in _uri.URIConfigurationSourceDriver._uri_driver_opts:
        if option.name == 'timeout' and not isinstance(option, cfg.IntOpt):
            pytest.skip('this oslo.config takes its timeout for a string')


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves a file and returns its address."""
    need_a_driver_that_works()
    content = b''

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if content else 404)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()

    def serve_file(text: str) -> str:
        nonlocal content
        content = text.encode()
        port = server.server_address[1]
        return f'http://nova:{SECRET}@127.0.0.1:{port}/{SECRET}.conf'

    yield serve_file
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The address of a server that does not answer."""
    with socket.socket() as unused:
        # Bound, so that nobody else takes it; not listening.
        unused.bind(('127.0.0.1', 0))
        port = unused.getsockname()[1]
        yield f'http://nova:{SECRET}@127.0.0.1:{port}/{SECRET}.conf'


def config(uri: str, below: str = '', driver: str = 'remote_file') -> str:
    return (
        f'[remote]\ndriver = {driver}\nuri = {uri}\n'
        f'[DEFAULT]\nconfig_source = remote\n{below}'
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('no_proxy', '127.0.0.1')


def test_what_the_source_sets_is_judged_and_named(
    serve: Serve, run: conftest.Run, write: Callable[..., str]
) -> None:
    uri = serve(
        f'[DEFAULT]\ntransport_url = rabbit://{SECRET}@192.0.2.1\n'
        'compute_driver = libvirt.LibvirtDriver\n'
        '[libvirt]\nimages_type = raw\n'
    )
    result = run(*CHECK, '--json', '--config-file', write(config(uri)))
    assert (result.returncode, result.stderr) == (1, '')
    rows = json.loads(result.stdout)['checks']
    shown = '[libvirt]/images_type = raw (config_source remote)'
    assert shown in rows[0]['details']
    assert rows[1]['details'].startswith('Nova uses the flat backend.')
    assert f'{shown} makes raw disks' in rows[2]['details']
    passwords.assert_hidden(result)


def test_a_line_that_continues_the_names_is_not_shown(
    serve: Serve, run: conftest.Run, write: Callable[..., str]
) -> None:
    uri = serve(f'[DEFAULT]\n{ALL_WRITTEN}')
    content = config(uri).replace(
        'config_source = remote\n',
        f'config_source = remote,\n  password = {SECRET}\n',
    )
    result = run(*CHECK, '--config-file', write(content))
    assert (result.returncode, result.stderr) == (0, '')
    assert '(config_source remote)' in result.stdout
    passwords.assert_hidden(result)


def test_a_wrong_value_in_the_source_is_a_finding(
    serve: Serve, run: conftest.Run, write: Callable[..., str]
) -> None:
    uri = serve(f'[libvirt]\nimages_type = {SECRET}\n')
    result = run(*CHECK, '--config-file', write(config(uri)))
    assert (result.returncode, result.stderr) == (2, '')
    assert 'Failure: invalid-setting' in result.stdout
    assert '(config_source remote)' in result.stdout
    passwords.assert_hidden(result)


def test_files_and_environment_beat_the_source(
    serve: Serve, run: conftest.Run, write: Callable[..., str]
) -> None:
    uri = serve(
        '[libvirt]\nimages_type = raw\n'
        '[DEFAULT]\nforce_raw_images = True\nuse_cow_images = banana\n'
    )
    path = write(config(uri, 'use_cow_images = True\n'))
    result = run(
        *CHECK,
        '--json',
        '--config-file',
        path,
        OS_LIBVIRT__IMAGES_TYPE='rbd',
        OS_DEFAULT__COMPUTE_DRIVER='libvirt.LibvirtDriver',
    )
    assert (result.returncode, result.stderr) == (0, '')
    rows = json.loads(result.stdout)['checks']
    assert f'use_cow_images = True ({path}:6)' in rows[0]['details']
    assert rows[1]['details'].startswith('Nova uses the rbd backend.')


def _faulty_sources(uri: str) -> dict[str, str]:
    return {
        'no answer': config(uri),
        'not a URI': config(f'banana {SECRET}'),
        'no URI': config(uri).replace('uri', 'uris'),
        'no driver': config(uri).replace('driver', 'drivers'),
        'unknown driver': config(uri, driver=SECRET),
        'no such file': config(f'/{SECRET}.conf', driver='ini'),
        'one of two': config(uri).replace('remote\n', 'remote, other\n'),
        'a password in the next line': config(uri) + f'  p = {SECRET}\n',
    }


@pytest.mark.parametrize('name', _faulty_sources(''))
def test_a_source_that_may_hold_what_counts_has_to_be_read(
    name: str, nowhere: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(_faulty_sources(nowhere)[name])
    result = run(*CHECK, '--config-file', path)
    reason = conftest.reason(result)
    assert reason.startswith(f'{path}:5: ')
    assert '[DEFAULT]/config_source' in reason
    for option in ('[DEFAULT]/compute_driver', '[libvirt]/images_type'):
        assert option in reason
    passwords.assert_hidden(result)


@pytest.mark.parametrize(
    'names', ['$undefined', '$config_source', f'${{undefined}}, {SECRET}']
)
def test_names_of_sources_that_cannot_be_told_are_named_with_their_line(
    names: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(f'[DEFAULT]\n\nconfig_source = {names}\n')
    result = run(*CHECK, '--config-file', path)
    assert conftest.reason(result).startswith(
        f'{path}:3: the value of [DEFAULT]/config_source cannot be used; '
        'nova-compute ends at its start, unless'
    )


@pytest.mark.parametrize('name', ['config_file', 'config_dir'])
def test_what_was_read_cannot_refer_to_what_is_not_known(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(
        '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
        f'{name} = $nothing\n'
        'use_cow_images = True\nforce_raw_images = True\n'
        '[libvirt]\nimages_type = qcow2\n'
    )
    reason = conftest.reason(run(*CHECK, '--config-file', path))
    assert reason.startswith(f'{path}:3: the value of [DEFAULT]/{name} cannot')
    report = run('report', path)
    assert report.returncode == 2
    assert 'unreadable-configuration' in report.stdout


def test_a_file_that_the_server_does_not_have_is_told(
    serve: Serve, run: conftest.Run, write: Callable[..., str]
) -> None:
    result = run(*CHECK, '--config-file', write(config(serve(''))))
    assert '[DEFAULT]/config_source' in conftest.reason(result)
    passwords.assert_hidden(result)


def test_a_source_that_cannot_change_the_verdict_may_be_missing(
    nowhere: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(config(nowhere, ALL_WRITTEN))
    result = run(*CHECK, '--config-file', path)
    assert (result.returncode, result.stderr) == (0, '')
    passwords.assert_hidden(result)
