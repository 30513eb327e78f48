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

"""The head of a page: what it may load, which is nothing, and its style."""

from __future__ import annotations

import base64
import hashlib

from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_summary
from nova_cow_check import report
from nova_cow_check.sources import style_sheets


def head(whole: report.Report) -> html_elements.Element:
    """Return the head."""
    style = style_sheets.read()
    named = {
        'viewport': 'width=device-width, initial-scale=1',
        'color-scheme': 'light dark',
        'referrer': 'no-referrer',
        # It has the names of hosts.
        'robots': 'noindex',
        'generator': f'nova-cow-check {whole.version}',
    }
    return html_elements.element(
        'head',
        html_elements.element('meta', charset='utf-8'),
        html_elements.element(
            'meta',
            http_equiv='Content-Security-Policy',
            content=_policy(style),
        ),
        *(
            html_elements.element('meta', name=name, content=content)
            for name, content in named.items()
        ),
        html_elements.element('title', html_summary.title(whole)),
        html_elements.raw('style', style),
    )


def _policy(style: str) -> str:
    """Return a Content Security Policy with which only the style counts."""
    digest = hashlib.sha256(style.encode('ascii')).digest()
    only = base64.b64encode(digest).decode('ascii')
    return (
        f"default-src 'none'; style-src 'sha256-{only}'; base-uri 'none'; "
        "form-action 'none'"
    )
