# SPDX-License-Identifier: Apache-2.0

"""Servers that a config_source names, and that mean no good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import http.server
import threading
import time

import pytest

from nova_cow_check.sources import config_sources
from tests.functional import conftest
from tests.functional import fixes
from tests.functional import test_config_source

no_proxy = test_config_source.no_proxy

CHECK = ('upgrade', 'check', '--config-file')
CONTENT = b'[libvirt]\nimages_type = raw\n'

Respond = Callable[[http.server.BaseHTTPRequestHandler], None]


class Server:
    """A server on the loopback address, and how often it was asked."""

    def __init__(self, respond: Respond) -> None:
        self.asked: list[str] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                # Who asked may be gone before all is said.
                with contextlib.suppress(OSError):
                    respond(self)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), Handler
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,)
        )
        self._thread.start()

    def uri(self, path: str = '/nova.conf', host: str = '127.0.0.1') -> str:
        return f'http://{host}:{self._server.server_address[1]}{path}'

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        # Its own would wait for answers that never end.
        self._server.socket.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], Server]]:
    """Return a function that starts a server."""
    test_config_source.need_a_driver_that_works()
    with contextlib.ExitStack() as stack:

        def start(respond: Respond) -> Server:
            server = Server(respond)
            stack.callback(server.close)
            return server

        yield start


def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(CONTENT)


def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b'# nothing\n' * 10_000)


def endless_redirect(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header('Location', '/other')
    handler.end_headers()
    while True:
        handler.wfile.write(b'# nothing\n' * 10_000)


def too_large(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(CONTENT.ljust(config_sources.SIZE + 1))


def slow(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b'#')
        time.sleep(0.2)


def slow_header(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.0 200 OK\r\nX: ')
    while True:
        handler.wfile.write(b'x')
        time.sleep(0.2)


@pytest.mark.parametrize(
    'respond', [endless, endless_redirect, too_large, slow, slow_header]
)
def test_a_server_without_limits_gives_no_verdict(
    respond: Respond,
    serve: Callable[[Respond], Server],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    path = write(test_config_source.config(serve(respond).uri()))
    start = time.monotonic()
    reason = conftest.reason(run(*CHECK, path))
    # Else oslo.config would wait for ever, or take all memory.
    assert time.monotonic() - start < 10 * config_sources.TIME
    assert reason.startswith(f'{path}:5: cannot read all sources')
    assert 'waited for 10 seconds, may have 1 MiB' in reason


def test_sources_may_have_the_size_together(
    serve: Callable[[Respond], Server],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    def half(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(CONTENT + b'\n' * (config_sources.SIZE // 2))

    uri = serve(half).uri()
    one = test_config_source.config(uri)
    assert run(*CHECK, write(one)).returncode == 1
    more = f'[more]\ndriver = remote_file\nuri = {uri}\n'
    two = one.replace('config_source = remote', 'config_source = remote, more')
    assert 'may have 1 MiB' in conftest.reason(run(*CHECK, write(two + more)))


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1'])
def test_a_redirect_to_another_host_or_port_is_not_followed(
    host: str,
    serve: Callable[[Respond], Server],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    secret = serve(answer)

    def lead_away(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header('Location', secret.uri(host=host))
        handler.end_headers()

    server = serve(lead_away)
    path = write(test_config_source.config(server.uri()))
    reason = conftest.reason(run(*CHECK, path))
    assert 'from no other host than the one that is named' in reason
    assert (len(server.asked), secret.asked) == (1, [])


def test_a_redirect_on_the_same_host_is_followed(
    serve: Callable[[Respond], Server],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    def lead_on(handler: http.server.BaseHTTPRequestHandler) -> None:
        if handler.path != '/nova.conf':
            answer(handler)
            return
        handler.send_response(301)
        handler.send_header('Location', 'v2/nova.conf')
        handler.end_headers()

    server = serve(lead_on)
    path = write(test_config_source.config(server.uri()))
    result = run(*CHECK, path)
    assert (result.returncode, result.stderr) == (1, '')
    assert 'Nova uses the flat backend' in result.stdout
    assert server.asked == ['/nova.conf', '/v2/nova.conf']


def test_fix_asks_once_however_many_edits_it_proves(
    serve: Callable[[Respond], Server],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    server = serve(answer)
    content = test_config_source.config(server.uri(), fixes.SICK)
    result = run('fix', '--config-file', write(content))
    assert (result.returncode, result.stdout[:4]) == (1, '--- ')
    assert server.asked == ['/nova.conf']
