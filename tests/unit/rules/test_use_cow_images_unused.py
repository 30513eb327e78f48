# SPDX-License-Identifier: Apache-2.0

"""A use_cow_images that the backend never asks for.

test_verdict has the backends, test_replacements what to write.
"""

from __future__ import annotations

from tests.unit import hosts


def test_it_is_removed_everywhere() -> None:
    host = hosts.Host(
        {
            'a.conf': hosts.nova_conf(images_type='rbd', use_cow_images='1'),
            'b.conf': '[DEFAULT]\nuse_cow_images = 0\nuse_cow_images = 1\n',
        },
        {'OS_DEFAULT__USE_COW_IMAGES': 'no'},
    )
    (finding,) = host.findings()
    assert hosts.as_text(finding.replacement.changes) == [
        'remove [DEFAULT] use_cow_images @ a.conf:3',
        'remove [DEFAULT] use_cow_images @ b.conf:2',
        'remove [DEFAULT] use_cow_images @ b.conf:3',
        'remove [DEFAULT] use_cow_images @ OS_DEFAULT__USE_COW_IMAGES',
    ]
    assert host.edited(finding.replacement.changes).rules() == []
