# SPDX-License-Identifier: Apache-2.0

"""What counts in a file is found without the rest, or all of it is parsed."""

from __future__ import annotations

from hypothesis import event
from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import excerpt
from tests.functional import passwords
from tests.unit import hosts
from tests.unit import strategies

VALUES = st.sampled_from(strategies.VALUES) | st.sampled_from(
    strategies.ODD_VALUES
)

#: Lines -> the assignments of the excerpt: group, name, text, line.
FOUND = {
    '': [],
    '# [libvirt]\n;images_type = raw\n\n  \n': [],
    '[DEFAULT]\nuse_cow_images = no\n': [
        ('DEFAULT', 'use_cow_images', 'no', 2),
    ],
    '[DEFAULT]\n# why\nmy_ip = ::1\nstate_path = /\nforce_raw_images: 0': [
        ('DEFAULT', 'force_raw_images', '0', 5),
    ],
    '[LibVirt]\nvirt_type = kvm\n[libvirt]\n[libvirt]\nimages_type="raw"': [
        ('libvirt', 'images_type', 'raw', 5),
    ],
    '[vnc]\nenabled = no\n[glance]\nx = y\nimages_type = raw\n[a]\nb = c': [
        ('glance', 'images_type', 'raw', 5),
    ],
    '[default]\nUse-Cow-Images = no\n': [
        ('default', 'Use-Cow-Images', 'no', 2),
    ],
    '[x]\nconfig_source = a\n': [('x', 'config_source', 'a', 2)],
    '[DEFAULT]\nenabled_apis =\n  a\n\tb\nuse_cow_images = no': [
        ('DEFAULT', 'use_cow_images', 'no', 5),
    ],
    '[DEFAULT]\na = $b\nhost = ${my_ip}\n': [],
}

#: Lines that the whole file has to be parsed for.
UNCLEAR = (
    'my_ip = ::1\n',
    'use_cow_images = no\n',
    ' [DEFAULT]\n',
    '# why\n\n  more\n',
    '[DEFAULT]\n  more\n',
    '[DEFAULT]\na = b\n\n  more\n',
    '[DEFAULT]\na = b\n# why\n  more\n',
    '[libvirt]\nimages_type = raw\n  more\n',
    '[DEFAULT]\nuse_cow_images = $debug\n',
    '[DEFAULT]\nconfig_dir = $debug\n',
    '[DEFAULT]\nconfig_file = $debug\n',
    '[DEFAULT\n',
    '[]\n',
    '[DEFAULT]\npassword\n',
    '[DEFAULT]\n= password\n',
    f'[{"x" * 2000}]\na = b\n',
    f'[libvirt]\nimages_type = {"x" * 2000}\n',
)


@pytest.mark.parametrize('content', FOUND)
def test_what_counts_is_found_with_its_line(content: str) -> None:
    found = excerpt.parse('nova.conf', content)
    assert found is not None
    assert found.path == 'nova.conf'
    assert [
        (one.group, one.name, one.text, one.origin.line)
        for one in found.assignments
    ] == FOUND[content]
    assert {one.origin.name for one in found.assignments} <= {'nova.conf'}


#: Lines -> where the first option of [libvirt] is written.
LIBVIRT_OPTIONS = {
    '': None,
    '[libvirt]\n#a=b\n\n[api]\na=b\n': None,
    '[libvirt_]\na=b\n': None,
    '[libvirt]\na=b\nc=d\n': 2,
    '[LIBVIRT]\n# why\n\na: b\n': 4,
    '[api]\na=b\n[libvirt]\n[api]\na=b\n[libvirt]\na=b\n  c\n': 7,
    '[libvirt]\nimages_type=raw\n': 2,
}


@pytest.mark.parametrize('content', LIBVIRT_OPTIONS)
def test_the_first_option_of_libvirt_is_found(content: str) -> None:
    lines = hosts.lines_of(content)
    found = excerpt.parse('nova.conf', content)
    assert found is not None
    option = found.libvirt_option
    assert (option and option.line) == LIBVIRT_OPTIONS[content]
    assert option == parsing.parse('nova.conf', lines).libvirt_option


#: Lines -> what images_type could be written next to, number of that line.
PLACES = {
    '': ('NEW_SECTION', 0),
    '#images_type=\n[DEFAULT]\n#images_type=\na=b\n': ('NEW_SECTION', 4),
    '[libvirt]\n# why\n\n[vnc]\na=b\n': ('SECTION', 1),
    '[libvirt]\na=b\n\tc\n#\n\n[vnc]\na=b\n': ('SECTION', 3),
    '[LibVirt]\na=b\nimages_type=raw\n[vnc]\na=b': ('SECTION', 3),
    '[libvirt]\n[vnc]\nimages_type=raw\n[libvirt]\na=b': ('SECTION', 5),
    '[libvirt]\n# images_type = a\nb=c\n[vnc]\nb=c\n': ('MENTION', 2),
    '[libvirt]\n;images_type = a\n# images_type = b': ('SAMPLE', 2),
}


@pytest.mark.parametrize('content', PLACES)
def test_what_an_option_can_be_written_next_to(content: str) -> None:
    found = excerpt.parse('nova.conf', content)
    assert found is not None
    place = found.places[opts.OPTIONS.index(opts.IMAGES_TYPE)]
    assert (place.kind.name, place.above) == PLACES[content]


@pytest.mark.parametrize('content', UNCLEAR)
def test_what_takes_the_whole_file_is_left_to_the_parser(content: str) -> None:
    assert excerpt.parse('nova.conf', content) is None


@pytest.mark.parametrize('line', ['images_type = raw', '#images_type = raw'])
def test_a_large_file_that_counts_is_left_to_the_parser(line: str) -> None:
    content = '[DEFAULT]\n' + f'{line}\n' * 100_000
    assert excerpt.parse('nova.conf', content) is None
    content += 'x = y\n' * 100_000
    assert excerpt.parse('nova.conf', content.replace('im', 'un')) is not None


@given(strategies.files(VALUES, faults=True))
def test_an_excerpt_says_what_the_file_says(content: str) -> None:
    assert_says_the_same(content)


#: What the parser may take for a separator, or for white space.
PIECES = st.sampled_from(
    [
        *'[]=:#;$"o \t\n\r\f\v\0\x1c\x85\xa0\ufeff',
        *strategies.NAMES,
        '\n#images_type=',
        '\n[libvirt]\n',
    ]
)


@given(st.lists(PIECES | strategies.HOSTILE, max_size=30))
def test_an_excerpt_says_what_the_parser_says(pieces: list[str]) -> None:
    assert_says_the_same(f'[libvirt]\na=b\n{"".join(pieces)}')


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_a_comment_behind_the_last_value_ends_as_the_line_above(
    end: str,
) -> None:
    assert_says_the_same(f'[libvirt]{end}images_type = raw # why')


def assert_says_the_same(content: str) -> None:
    lines = hosts.lines_of(content)
    found = excerpt.parse('nova.conf', content)
    try:
        whole = parsing.parse('nova.conf', lines)
    except errors.ConfigurationError:
        event('not valid')
        assert found is None
        return
    if found is None:
        event('parsed as a whole')
        return
    assert found.places == whole.places
    assert found.libvirt_option == whole.libvirt_option
    assert read(found.file) == read(whole)


def read(file: parsing.ConfigFile) -> host_settings.ImageSettings:
    found = host_config.Configuration((file,), {})
    return host_settings.read(host_config.HostConfig(found), found)


def test_no_password_is_kept() -> None:
    content = passwords.CONFIGURATION + '[libvirt]\nimages_type = raw # why\n'
    found = excerpt.parse('nova.conf', content)
    assert found is not None
    assert found.assignments
    assert not passwords.TOKEN.search(repr(found))
