# SPDX-License-Identifier: Apache-2.0

"""Where the project is found: the one setting, for what is built and shown.

Each is a URL, or empty, and then left out wherever it would stand. The
metadata of packages has all of them, by `setup.py`; SARIF names the project
and links rules to their pages.
"""

from __future__ import annotations

#: The project's own page.
PROJECT = ''

#: The directory of the built documentation.
DOCUMENTATION = ''

#: Where bugs are reported.
TRACKER = ''


def project_urls() -> dict[str, str]:
    """Return what there is, by the labels that package indexes know.

    https://packaging.python.org/en/latest/specifications/well-known-project-urls/
    """
    labelled = {
        'Homepage': PROJECT,
        'Documentation': DOCUMENTATION,
        'Issues': TRACKER,
    }
    return {label: url for label, url in labelled.items() if url}


def of_rule(name: str) -> str:
    """Return the URL of a rule's page, '' if the documentation has none."""
    if not DOCUMENTATION:
        return ''
    return f'{DOCUMENTATION.rstrip("/")}/rules/{name}.html'
