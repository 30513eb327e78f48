# SPDX-License-Identifier: Apache-2.0

"""What the number of a release tells is what this Nova does."""

from __future__ import annotations

from importlib import metadata

from nova.virt.disk import api
from nova.virt.image import model
import pytest

from nova_cow_check.nova import releases


def test_a_disk_that_grows_has_its_format_guessed_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        api.processutils, 'execute', lambda *words, **_more: run.append(words)
    )
    monkeypatch.setattr(api, 'can_resize_image', lambda *_path: True)
    monkeypatch.setattr(api, 'is_image_extendable', lambda _image: False)
    api.extend(model.LocalFileImage('/disk', model.FORMAT_RAW), 2**30)
    (words,) = run
    assert words[:2] == ('qemu-img', 'resize')
    release = releases.parse(metadata.version('nova'))
    assert release is not None
    assert release.guesses_formats is ('-f' not in words)
