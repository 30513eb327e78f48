# SPDX-License-Identifier: Apache-2.0

"""What keeps a finding from being fixed: one answer, for fix and for SARIF."""

from __future__ import annotations

from collections.abc import Mapping
import pathlib
from typing import NamedTuple

import pytest

from nova_cow_check.deployment import tools
from nova_cow_check import errors
from nova_cow_check.fixer import obstacles
from nova_cow_check.fixer import plan
from nova_cow_check.formats import sarif
from nova_cow_check.reports import report
from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import limits
from nova_cow_check.settings import parsing
from nova_cow_check.sources import collected
from nova_cow_check.sources import editable_files
from nova_cow_check.sources import roots
from tests.unit.fixer import fixes
from tests.unit import sample_reports

CONVERTED = b'[libvirt]\nimages_type = flat\n'


def reasons(
    content: bytes,
    environment: dict[str, str] | None = None,
) -> list[str]:
    """Return what keeps the changes of each finding from being made."""
    found = fixes.judged({'f': content}, environment)
    return [obstacles.of(finding, found.settings) for finding in found.found]


def test_no_obstacle() -> None:
    assert reasons(fixes.DRIVER + CONVERTED) == ['']
    assert reasons(fixes.DRIVER + CONVERTED + b'other = 1\n  2\n') == ['']


@pytest.mark.parametrize('written', [b'', b'use_cow_images = False\n'])
def test_no_setting_brings_a_driver_back(written: bytes) -> None:
    content = b'[DEFAULT]\ncompute_driver = hyperv.HyperVDriver\n' + written
    assert reasons(content) == ['There is no setting that ends it.']


def test_the_environment_beats_the_files() -> None:
    environment = {'OS_LIBVIRT__IMAGES_TYPE': 'default'}
    (reason,) = reasons(fixes.DRIVER, environment)
    assert 'set by the environment variable OS_LIBVIRT__IMAGES_TYPE' in reason


def test_one_place_that_is_no_file_is_enough() -> None:
    content = fixes.DRIVER + b'use_cow_images=1\n[libvirt]\nimages_type=rbd\n'
    environment = {'OS_DEFAULT__USE_COW_IMAGES': '1'}
    (reason,) = reasons(content, environment)
    assert 'OS_DEFAULT__USE_COW_IMAGES' in reason


def test_what_is_kept_may_come_from_anywhere() -> None:
    assert reasons(fixes.DRIVER, {'OS_DEFAULT__USE_COW_IMAGES': 'no'}) == ['']


@pytest.mark.parametrize(
    'kind, words',
    [
        (parsing.OriginKind.CONFIG_SOURCE, 'set by the config_source there'),
        (parsing.OriginKind.OVERRIDE, '(set by the program)'),
        (parsing.OriginKind.UNKNOWN, '(set, place not known)'),
    ],
)
def test_other_origins(kind: parsing.OriginKind, words: str) -> None:
    found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
    (finding,) = found.found
    (change,) = finding.replacement.changes
    moved = change._replace(origin=parsing.Origin(kind, 'there'))
    replacement = findings.Replacement((moved,))
    finding = finding._replace(replacement=replacement)
    assert words in obstacles.of(finding, found.settings)


def test_without_a_file() -> None:
    environment = {'OS_LIBVIRT__IMAGES_TYPE': 'flat'}
    host, rows = fixes.judge(host_config.Configuration((), environment))
    (finding,) = (one for row in rows for one in row.found)
    assert obstacles.of(finding, host) == 'There is no file to write to.'


@pytest.mark.parametrize(
    'value, is_left',
    [
        (b' 1', False),
        (b'\n  1', True),
        (b' ""\n  1', True),
        (b' 1\n  ""', True),
        (b' 1\n  secret', True),
        (b'\n  1\n  secret', True),
    ],
)
def test_a_value_of_several_lines(value: bytes, is_left: bool) -> None:
    content = fixes.DRIVER + b'use_cow_images =' + value + b'\n' + CONVERTED
    for reason in reasons(content):
        assert ('The value at f:3 has more than one line' in reason) is is_left
        assert 'secret' not in reason


@pytest.mark.parametrize(
    'written, is_reference',
    [
        ('$use_cow_images', True),
        ('secret${use_cow_images}secret', True),
        ('$DEFAULT.use_cow_images', True),
        ('${default.use_cow_images}', True),
        ('$$$use_cow_images', True),
        ('$$use_cow_images', False),
        (r'\$use_cow_images', False),
        ('use_cow_images', False),
        ('$use_cow_images_too', False),
        ('$use_cow_images.too', False),
        ('$other.use_cow_images', False),
    ],
)
def test_a_reference(written: str, is_reference: bool) -> None:
    content = fixes.DRIVER + f'other = {written}\n'.encode() + CONVERTED
    (reason,) = reasons(content)
    assert ('f:3 refers to $use_cow_images' in reason) is is_reference
    assert 'secret' not in reason
    (reason,) = reasons(fixes.DRIVER + CONVERTED, {'OS_A__B': written})
    assert ('OS_A__B refers to' in reason) is is_reference


@pytest.mark.parametrize(
    'written',
    [
        b'use_cow_images = $use_cow_images\n',
        b'use_cow_images = $use_cow_images\nuse_cow_images = True\n',
    ],
)
def test_what_is_written_for_the_option_itself_is_no_reference(
    written: bytes,
) -> None:
    for reason in reasons(fixes.DRIVER + written + CONVERTED):
        assert 'refers to' not in reason


def test_a_variable_of_another_program_is_no_reference() -> None:
    environment = {'PROMPT': '$use_cow_images'}
    assert reasons(fixes.DRIVER + CONVERTED, environment) == ['']


class Case(NamedTuple):
    """A host with one finding that is not fixed, and why it is not."""

    content: bytes
    reason: str
    environment: Mapping[str, str] = {}
    limits: limits.Limits = limits.Limits()


RBD = b'use_cow_images = 1\n[libvirt]\nimages_type = rbd\n'

KEPT = {
    'driver': Case(
        b'[DEFAULT]\ncompute_driver = hyperv.HyperVDriver\n',
        'There is no setting',
    ),
    'environment': Case(
        fixes.DRIVER, 'environment', {'OS_LIBVIRT__IMAGES_TYPE': 'default'}
    ),
    'lookalike': Case(
        fixes.DRIVER + b'[libvirt]\nimages_type = qcow2\n',
        'environment',
        {'OS_LIBVIRT__USE_COW_IMAGES': '1'},
    ),
    'lines': Case(
        fixes.DRIVER
        + b'force_raw_images = y\n  x = 1\n[libvirt]\nimages_type = qcow2\n',
        'more than one line',
    ),
    'first line empty': Case(
        fixes.DRIVER + b'use_cow_images =\n  1\n' + CONVERTED,
        'more than one line',
    ),
    'lines of a lookalike': Case(
        fixes.DRIVER
        + b'use-cow-images = 1\n  x = 1\n[libvirt]\nimages_type = qcow2\n',
        'more than one line',
    ),
    'reference': Case(
        fixes.DRIVER + b'[libvirt]\nimages_type = flat\n'
        b'[database]\nconnection = a${use_cow_images}\n',
        'refers to $use_cow_images',
    ),
    'reference to a lookalike': Case(
        fixes.DRIVER + b'a = $image_type\n[libvirt]\n'
        b'images_type = qcow2\nimage_type = flat\n',
        'refers to $image_type',
    ),
    'reference in the environment': Case(
        fixes.DRIVER + CONVERTED,
        'refers to $use_cow_images',
        {'OS_A__B': '$use_cow_images'},
    ),
    'header': Case(
        b'# Managed by Chef\n' + fixes.DRIVER + CONVERTED, 'line 1 says'
    ),
    'header of a tool': Case(
        b'# configuration file maintained by Juju\n' + fixes.DRIVER + RBD,
        'line 1 says',
    ),
    'place': Case(
        fixes.DRIVER + CONVERTED,
        'kolla-ansible writes the files at this place',
        limits=limits.Limits(
            'kolla-ansible writes the files at this place', 'kolla-ansible'
        ),
    ),
    'pipe': Case(
        fixes.DRIVER + CONVERTED,
        'not a regular file',
        limits=limits.Limits(is_regular=False),
    ),
    'size': Case(
        fixes.DRIVER + CONVERTED + b'#' * 300,
        'larger than a file that is read',
        limits=limits.Limits(room=limits.LARGEST_CHANGE - 1),
    ),
}


def offered(
    found: host_settings.ImageSettings, finding: findings.Finding
) -> list[sarif.Object]:
    host = report.judge(report.ReadHost('compute1', found))
    return sarif.fixes(finding, host)


@pytest.mark.parametrize('name', KEPT)
def test_what_fix_refuses_sarif_does_not_offer(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = KEPT[name]
    if name == 'size':
        size = len(case.content) + case.limits.room
        monkeypatch.setattr(roots, 'LARGEST_FILE', size)
    configuration = fixes.read({'f': case.content}, case.environment)
    if case.limits != limits.Limits():
        (file,) = configuration.files
        limited = (file._replace(limits=case.limits),)
        configuration = configuration._replace(files=limited)
    host, rows = fixes.judge(configuration)
    (finding,) = (one for row in rows for one in row.found)
    assert case.reason in obstacles.of(finding, host)
    assert offered(host, finding) == []
    made = plan.make(
        configuration, {'f': case.content}, fixes.judge, [finding.rule]
    )
    if obstacles.of_edits(finding, host):
        (left,) = made.left
        assert case.reason in left.reason
        assert made.texts == ()
    else:
        assert fixes.is_generated(made)


def test_without_an_obstacle_both_write() -> None:
    content = fixes.DRIVER + CONVERTED
    found = fixes.judged({'f': content})
    (finding,) = found.found
    assert obstacles.of(finding, found.settings) == ''
    assert len(offered(found.settings, finding)) == 1
    assert fixes.make({'f': content}).texts


def test_a_waived_finding_is_not_offered() -> None:
    found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
    (finding,) = found.found
    finding = finding._replace(waiver=sample_reports.waiver(finding.rule))
    assert obstacles.of(finding, found.settings) == 'A waiver accepts it.'
    assert offered(found.settings, finding) == []


def test_what_is_about_a_guest_is_not_offered() -> None:
    found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
    (finding,) = found.found
    about = extras.Concerned('c0ffee00-0000-4000-8000-000000000001', (), ())
    finding = finding._replace(rule='guest-disk-converted', guest=about)
    why = obstacles.of(finding, found.settings)
    assert why.startswith('No setting ends it')
    assert offered(found.settings, finding) == []


@pytest.mark.parametrize('rule', registry.RULES)
def test_what_takes_more_than_a_host_is_not_offered(rule: str) -> None:
    found = fixes.judged({'f': fixes.DRIVER + CONVERTED})
    (finding,) = found.found
    finding = finding._replace(rule=rule)
    is_kept = not obstacles.is_about_one_host(rule)
    takes_more = ('mixed-', 'unread', 'guest-')
    assert is_kept == (
        rule.startswith(takes_more) or rule.endswith('-changed')
    )
    assert bool(obstacles.of(finding, found.settings)) is is_kept
    assert (offered(found.settings, finding) == []) is is_kept


@pytest.mark.parametrize('size', [0, 1, 10])
def test_no_file_becomes_larger_than_one_that_is_read(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever room there is, what is written can be read again."""
    for content in (
        fixes.DRIVER + CONVERTED,
        b'[libvirt]\nimages_type = "qcow" # why' + b'y' * 200,
        b'[DEFAULT]\r\nuse-cow-images = 1',
        b'#' * 300 + b'\n' + fixes.DRIVER[:-1],
    ):
        for room in range(0, 2 * limits.LARGEST_CHANGE, 16):
            largest = len(content) + room + size
            monkeypatch.setattr(roots, 'LARGEST_FILE', largest)
            made = fixes.make({'f': content}, asked=registry.RULES)
            for text in made.texts:
                assert len(text.after) <= largest


COLLECTED = {
    'nova.conf': b'[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n',
    'reference': b'[a]\nb =\n  $use_cow_images\n' + fixes.DRIVER + CONVERTED,
    'lookalike': fixes.DRIVER
    + b'a = ${image_type}\n[libvirt]\nimages_type=qcow2\nimage_type = flat\n',
    'header': b'# Ansible managed\n' + fixes.DRIVER,
    'comment': b'[DEFAULT]\n# a = $use_cow_images\n' + fixes.DRIVER,
}


@pytest.mark.parametrize('kind', ['file', 'directory', 'link'])
@pytest.mark.parametrize('name', COLLECTED)
def test_of_a_collected_host_as_much_is_known(
    name: str, kind: str, tmp_path: pathlib.Path
) -> None:
    """It is read in another way: line by line, and the rest is forgotten."""
    path = tmp_path / 'host.conf'
    source = report.Source(report.SourceKind.FILE, str(path))
    if kind == 'directory':
        path = tmp_path / 'host' / 'nova.conf'
        path.parent.mkdir()
        source = report.Source(
            report.SourceKind.DIRECTORY, str(tmp_path / 'host')
        )
    path.write_bytes(COLLECTED[name])
    if kind == 'link':
        (tmp_path / 'link.conf').symlink_to('host.conf')
        source = source._replace(path=str(tmp_path / 'link.conf'))
    known = collected.read(source).known
    assert isinstance(known, host_settings.ImageSettings)
    host = report.judge(report.ReadHost('a', known, (), source))
    whole, rows = fixes.judge(editable_files.load(source).conf.configuration)
    found = [one for row in rows for one in row.found]
    assert [one.rule for one in host.found] == [one.rule for one in found]
    for one, other in zip(host.found, found):
        is_kept = bool(obstacles.of(other, whole))
        assert bool(obstacles.of(one, known)) is is_kept
        assert bool(sarif.fixes(one, host)) is not is_kept


@pytest.mark.parametrize('kind', ['file', 'directory'])
def test_a_link_out_of_its_folder_is_neither_fixed_nor_offered(
    kind: str, tmp_path: pathlib.Path
) -> None:
    there = tmp_path / 'there'
    there.mkdir()
    (there / 'nova.conf').write_bytes(fixes.DRIVER)
    folder = tmp_path / 'hosts'
    folder.mkdir()
    path, kinds = folder / 'a', report.SourceKind
    source = report.Source(kinds.DIRECTORY, str(path))
    path.symlink_to('../there')
    if kind == 'file':
        path = folder / 'a.conf'
        source = report.Source(kinds.FILE, str(path))
        path.symlink_to('../there/nova.conf')
    known = collected.read(source).known
    assert isinstance(known, host_settings.ImageSettings)
    host = report.judge(report.ReadHost('a', known, (), source))
    (finding,) = host.found
    assert 'a link out of its folder' in obstacles.of(finding, known)
    assert sarif.fixes(finding, host) == []
    with pytest.raises(errors.ConfigurationError):
        editable_files.load(source)


def test_where_a_tool_writes_is_known_of_a_collected_host(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, '_BEGINNINGS', (str(tmp_path),))
    tool = tools.Tool('a', 'A', rf'{tmp_path}/made/')
    monkeypatch.setattr(tools, '_ALL', (tool,))
    for path in ('made/host.conf', 'made/hosts/nova.conf'):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(fixes.DRIVER)
    (tmp_path / 'host.conf').symlink_to('made/host.conf')
    (tmp_path / 'hosts').symlink_to('made/hosts')
    (tmp_path / 'folder').symlink_to('made')
    monkeypatch.chdir(tmp_path)
    kinds = report.SourceKind
    for kind, path in (
        (kinds.FILE, 'made/host.conf'),
        (kinds.FILE, 'host.conf'),
        (kinds.FILE, 'folder/host.conf'),
        (kinds.DIRECTORY, 'hosts'),
        (kinds.DIRECTORY, 'folder/hosts'),
        (kinds.DIRECTORY, f'{tmp_path}/made/hosts'),
    ):
        source = report.Source(kind, path)
        known = collected.read(source).known
        assert isinstance(known, host_settings.ImageSettings)
        conf = editable_files.load(source).conf
        (file,) = conf.configuration.files
        (limit,) = (one for _path, one in known.limits)
        assert limit == file.limits
        assert limit.generated == 'A writes the files at this place'
