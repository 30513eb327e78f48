# SPDX-License-Identifier: Apache-2.0

"""What [DEFAULT]/config_source names, read within limits.

oslo.config waits a minute for each piece of an answer, takes what comes
however much it is, and goes wherever a server sends it.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import threading
import types
from typing import Any
import urllib.parse

from nova_cow_check._i18n import _
from nova_cow_check.settings import host_config

#: Seconds for all of them.
TIME = 10

#: Bytes of all of them.
SIZE = 1024 * 1024

_MOST_REDIRECTS = 5

#: Bytes read at once: what is compressed may be a thousand times as large.
_PIECE = 1024


def follow(
    configuration: host_config.Configuration,
) -> host_config.Followed:
    """Read the sources that a configuration names, as nova-compute does.

    In a thread, which is left alone when it takes too long: neither a name
    server nor a driver of another project can be told when to end.
    """
    done: list[host_config.Followed] = []

    def read() -> None:
        conf = host_config.HostConfig(configuration)
        # A driver may raise anything, and a thread would print it.
        with contextlib.suppress(BaseException):
            with _limited_requests():
                is_complete = conf.follow_config_sources()
            gap = '' if is_complete else _told_limits()
            done.append(host_config.Followed(conf.other_sources, gap))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(TIME)
    return done[0] if done else host_config.Followed((), _told_limits())


def _told_limits() -> str:
    return _(
        'they are waited for %(time)d seconds, may have %(size)d MiB, and are '
        'read from no other host than the one that is named'
    ) % {'time': TIME, 'size': SIZE // 1024**2}


@contextlib.contextmanager
def _limited_requests() -> Iterator[None]:
    """Give the driver for URIs a `requests.get` that knows its limits.

    It offers no other way to change how it reads.
    """
    # It takes longer to import than most hosts take to be judged.
    from oslo_config.sources import _uri

    before = vars(_uri)['requests']
    limited = types.SimpleNamespace(get=_Getter().get)
    # That name only: others may use requests as they like.
    setattr(_uri, 'requests', limited)
    try:
        yield
    finally:
        setattr(_uri, 'requests', before)


class _Getter:
    """Gets documents, all together not larger than SIZE."""

    def __init__(self) -> None:
        self._left = SIZE

    def get(self, uri: str, **given: Any) -> Any:
        """Get a document as requests.get does.

        :param given: what requests.get takes
        :returns: a requests.Response
        :raises RequestException: if that fails, if it is too large, or if
            a redirect leads to another host
        """
        import requests

        session = requests.Session()
        # Of the user information in the first address.
        auth = requests.utils.get_auth_from_url(uri)
        given['auth'] = auth if any(auth) else None
        for _redirect in range(_MOST_REDIRECTS):
            response = session.get(
                uri, stream=True, allow_redirects=False, **given
            )
            target = session.get_redirect_target(response)
            if target is None:
                self._read(response)
                return response
            response.close()
            before, uri = uri, urllib.parse.urljoin(uri, target)
            if session.should_strip_auth(before, uri):
                raise requests.TooManyRedirects('to another host')
        raise requests.TooManyRedirects(_MOST_REDIRECTS)

    def _read(self, response: Any) -> None:
        """Read the document of an answer.

        :raises RequestException: if it is too large
        """
        import requests

        pieces = []
        for piece in response.iter_content(_PIECE):
            self._left -= len(piece)
            if self._left < 0:
                raise requests.RequestException('too large')
            pieces.append(piece)
        # Where requests has it once it is read.
        response._content = b''.join(pieces)
