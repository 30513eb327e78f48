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

"""Which lines of which files a change is."""

from __future__ import annotations

import pytest

from nova_cow_check import findings
from nova_cow_check.formats import edits
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import settings
from tests.unit import hosts

NOWHERE = origins.Origin(origins.OriginKind.DEFAULT)


def at(line: int, lines: int = 1) -> origins.Origin:
    return origins.Origin(origins.OriginKind.FILE, 'nova.conf', line, lines)


def set_to(option: opts.Option, origin: origins.Origin) -> findings.Change:
    value = 'qcow2' if option is opts.IMAGES_TYPE else True
    return findings.set_to(option, value, origin)


def removed(line: int, lines: int = 1) -> findings.Change:
    return findings.remove('libvirt', 'use_cow_images', at(line, lines))


def made(
    *changes: findings.Change,
    files: dict[str, str] | None = None,
) -> list[tuple[object, ...]] | None:
    """Return the edits that make changes, as plain tuples."""
    content = '[DEFAULT]\nmy_ip = 192.0.2.1\n'
    host = hosts.Host({'nova.conf': content} if files is None else files)
    found = edits.of(changes, host.settings())
    return None if found is None else [tuple(edit) for edit in found]


def test_what_is_written_is_replaced_with_its_continuation_lines() -> None:
    change = set_to(opts.USE_COW_IMAGES, at(3, lines=2))
    assert made(change) == [('nova.conf', 3, 2, ('use_cow_images = True',))]


def test_a_removed_line_has_nothing_in_its_place() -> None:
    assert made(removed(7)) == [('nova.conf', 7, 1, ())]


def test_what_is_written_nowhere_goes_before_a_line_of_its_section() -> None:
    change = set_to(opts.FORCE_RAW_IMAGES, NOWHERE)
    assert made(change) == [('nova.conf', 2, 0, ('force_raw_images = True',))]


def test_a_missing_section_goes_before_all_others() -> None:
    written = ('[libvirt]', 'images_type = qcow2')
    expected = [('nova.conf', 1, 0, written)]
    assert made(set_to(opts.IMAGES_TYPE, NOWHERE)) == expected


def test_of_several_files_the_last_that_has_the_section_is_written() -> None:
    files = {
        'a.conf': '[libvirt]\nvirt_type = kvm\n',
        'b.conf': '[LibVirt]\n\ncpu_mode = none\n',
        'c.conf': '[DEFAULT]\nmy_ip = 192.0.2.1\n',
    }
    change = set_to(opts.IMAGES_TYPE, NOWHERE)
    written = ('images_type = qcow2',)
    assert made(change, files=files) == [('b.conf', 3, 0, written)]


def test_two_that_go_to_the_same_line_become_one() -> None:
    found = made(
        set_to(opts.USE_COW_IMAGES, NOWHERE),
        set_to(opts.FORCE_RAW_IMAGES, NOWHERE),
        removed(2),
    )
    written = ('use_cow_images = True', 'force_raw_images = True')
    assert found == [('nova.conf', 2, 1, written)]


def test_what_another_finding_is_to_remove_first_needs_more_than_this() -> (
    None
):
    content = '[DEFAULT]\nmy_ip = 192.0.2.1\nuse_cow_images = maybe\n'
    change = set_to(opts.USE_COW_IMAGES, NOWHERE)
    assert made(change, files={'nova.conf': content}) is None


def test_what_is_kept_needs_no_edit() -> None:
    assert made(findings.keep(opts.USE_COW_IMAGES, False, at(2))) == []


@pytest.mark.parametrize(
    'kind',
    [
        kind
        for kind in origins.OriginKind
        if kind not in (origins.OriginKind.FILE, origins.OriginKind.DEFAULT)
    ],
)
def test_what_comes_from_elsewhere_is_nothing_for_an_edit(
    kind: origins.OriginKind,
) -> None:
    elsewhere = set_to(opts.USE_COW_IMAGES, origins.Origin(kind, 'name'))
    assert made(removed(2), elsewhere) is None


def test_without_a_file_there_is_nowhere_to_write() -> None:
    assert made(set_to(opts.IMAGES_TYPE, NOWHERE), files={}) is None


@pytest.mark.parametrize('value', ['a\ntransport_url = b', 'a\x1b', 'a\udcff'])
def test_what_is_not_one_line_of_text_is_not_written(value: str) -> None:
    assert made(findings.set_to(opts.COMPUTE_DRIVER, value, at(2))) is None


class TestCollectedHosts:
    content = '[DEFAULT]\nmy_ip = 192.0.2.1\n'

    def made(self, kind: report.SourceKind) -> tuple[edits.Edit, ...] | None:
        known = hosts.host(self.content).settings()
        source = report.Source(kind, 'fleet/a')
        host = report.judge(report.ReadHost('a', known, source=source))
        return edits.on(host, [set_to(opts.USE_COW_IMAGES, NOWHERE)])

    @pytest.mark.parametrize(
        ('kind', 'path'),
        [('DIRECTORY', 'fleet/a/nova.conf'), ('FILE', 'fleet/a')],
    )
    def test_edits_are_of_files_of_this_machine(
        self, kind: str, path: str
    ) -> None:
        (edit,) = self.made(report.SourceKind[kind]) or ()
        assert edit.path == path

    def test_files_of_another_one_have_none(self) -> None:
        assert self.made(report.SourceKind.REPORT) is None

    def test_a_host_that_could_not_be_read_has_none(self) -> None:
        host = report.judge(
            report.ReadHost('a', settings.Unreadable('cannot be read'))
        )
        assert edits.on(host, [set_to(opts.USE_COW_IMAGES, NOWHERE)]) is None
