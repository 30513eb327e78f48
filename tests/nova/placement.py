# SPDX-License-Identifier: Apache-2.0

"""A placement service, as far as nova-status looks at it."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
from http import server
import json
import subprocess
import sys


class _Root(server.BaseHTTPRequestHandler):
    """Answers every request as placement does one for its root."""

    def do_GET(self) -> None:
        body = json.dumps({'versions': [{'max_version': '1.39'}]}).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextlib.contextmanager
def running() -> Iterator[int]:
    """Run the service, and give its port.

    In a process of its own: some versions of Nova bring eventlet into this
    one, and threads with it do not end.
    """
    with subprocess.Popen(
        [sys.executable, __file__], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == '__main__':
    with server.ThreadingHTTPServer(('127.0.0.1', 0), _Root) as service:
        print(service.server_port, flush=True)
        service.serve_forever()
