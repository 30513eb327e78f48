# SPDX-License-Identifier: Apache-2.0

"""Rules that hold for every configuration."""

from __future__ import annotations

import pathlib
import tempfile

from hypothesis import assume
from hypothesis import event
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st
from oslo_config import cfg

from nova_cow_check import errors
from nova_cow_check.nova import drivers
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import arguments
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from tests.unit import hosts
from tests.unit import strategies

ANY_VALUES = st.sampled_from(strategies.VALUES) | st.sampled_from(
    strategies.ODD_VALUES
)
VALID_VALUES = st.sampled_from(strategies.VALUES)


def read(
    words: list[str], home: pathlib.Path, environment: dict[str, str]
) -> host_settings.ImageSettings:
    parser = arguments.ArgumentsParser()
    arguments.add_arguments(parser)
    named = parser.parse_args(words).places
    # Another process's root directory, which happens to be our own: the
    # same code as for a container's.
    surroundings = search.Surroundings(
        roots.Root('/proc/self/root'),
        {'HOME': str(home), **environment},
        str(home),
        '/',
    )
    found = search.read(named, surroundings)
    return host_settings.read(host_config.HostConfig(found), found)


def result_of(setting: host_settings.Setting) -> object:
    if setting.fault is host_settings.Fault.INVALID:
        return ValueError
    if setting.fault is host_settings.Fault.UNRESOLVED:
        return cfg.NoSuchOptError
    return setting.value


@given(strategies.trees())
def test_values_equal_those_of_a_config_opts(tree: strategies.Tree) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        (directory / 'home').mkdir()
        words = tree.write(directory)
        home = directory / 'home'
        try:
            expected = strategies.reference(words, home, tree.environment)
        except cfg.ConfigFileParseError:
            event('parse error')
            expected = None
        try:
            host = read(words, home, tree.environment)
        except search.NothingFound:
            assume(False)
        except errors.ConfigurationError as error:
            assert expected is None
            assert error.path.startswith(name) and error.line
            return
        assert expected is not None
        driver = expected['compute_driver']
        if driver is None or isinstance(driver, str):
            assert host.driver is drivers.kind_of(driver)
            shown = host.compute_driver.shown
            expected['compute_driver'] = driver and (
                None if '$' in shown else printing.value_as_shown(driver)
            )
        assert {s.option.name: result_of(s) for s in host.all} == expected


#: Within quotes, white space is a part of the value; this one is escaped.
ESCAPED = strategies.Tree(
    {'home/nova.conf': '[DEFAULT]\nuse_cow_images="\xa0raw"\n'}, [], {}
)


@example(ESCAPED)
@given(strategies.trees())
def test_an_origin_is_the_line_that_has_the_value(
    tree: strategies.Tree,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        (directory / 'home').mkdir()
        words = tree.write(directory)
        try:
            host = read(words, directory / 'home', tree.environment)
        except errors.ConfigurationError:
            return
        for setting in host.all:
            if setting.origin.kind is parsing.OriginKind.FILE:
                path = pathlib.Path(setting.origin.name)
                # Not splitlines(), which breaks at a form feed too.
                lines = path.read_bytes().decode().split('\n')
                line = lines[setting.origin.line - 1]
                assert line.startswith(setting.option.name)
                shown = setting.shown.partition('...')[0]
                assert shown in printing.printable(line)
            if setting.origin.kind is parsing.OriginKind.ENVIRONMENT:
                value = tree.environment[setting.origin.name]
                assert setting.shown == printing.value_as_shown(value)


@st.composite
def any_hosts(draw: st.DrawFn, values: st.SearchStrategy[str]) -> hosts.Host:
    texts = draw(st.lists(strategies.files(values), min_size=1, max_size=3))
    # Most hosts that matter have the driver.
    if draw(st.booleans()):
        texts.insert(0, f'[DEFAULT]\ncompute_driver={hosts.LIBVIRT}\n')
    unix = [one.replace('\r\n', '\n') for one in texts]
    return hosts.Host(
        {f'{number}.conf': one for number, one in enumerate(unix)},
        draw(strategies.environments(values)),
    )


def has_fault(host: host_settings.ImageSettings) -> bool:
    return any(setting.fault for setting in host.all)


@given(any_hosts(ANY_VALUES))
def test_all_replacements_together_leave_no_finding(host: hosts.Host) -> None:
    found = host.findings()
    event(f'{len(found)} findings')
    after = host.edited(hosts.changes(*found))
    repaired = invalid_setting.repaired(host.settings())
    if has_fault(repaired):
        # Nothing is proposed for it, and nothing else is judged then.
        assert {one.rule for one in found} <= {
            'invalid-setting',
            'ignored-setting',
        }
        # What refers to another value can become sound with that one.
        refers = any(one.fault and '$' in one.shown for one in repaired.all)
        assert refers or set(after.rules()) == {'invalid-setting'}
        return
    # No setting brings a removed driver back.
    assert set(after.rules()) <= {'driver-removed'}


@given(any_hosts(ANY_VALUES))
def test_each_replacement_ends_its_finding(host: hosts.Host) -> None:
    for finding in host.findings():
        if not finding.replacement.changes:
            assert finding.rule in ('driver-removed', 'invalid-setting')
            continue
        after = host.edited(finding.replacement.changes)
        left = [(f.rule, f.origins[0]) for f in after.findings()]
        assert (finding.rule, finding.origins[0]) not in left or (
            # Lines move up when one before them is removed.
            finding.rule == 'ignored-setting'
        )


@given(any_hosts(ANY_VALUES))
def test_no_replacement_changes_the_backend(host: hosts.Host) -> None:
    before = host.settings()
    assume(not has_fault(before))
    backend = rule.behaviour_of(before).backend
    found = host.findings()
    for applied in [found, *([finding] for finding in found)]:
        after = host.edited(hosts.changes(*applied)).settings()
        assert rule.behaviour_of(after).backend is backend
        assert after.force_raw_images.value is (
            before.force_raw_images.value
        ) or [f.rule for f in applied if f.rule == 'rbd-without-raw-images']


@given(any_hosts(VALID_VALUES))
def test_a_kept_setting_is_one_that_is_written(host: hosts.Host) -> None:
    current = host.settings()
    assume(not has_fault(current))
    for finding in host.findings():
        for change in finding.replacement.changes:
            if change.action is findings.Action.KEEP:
                setting = getattr(current, change.name)
                assert change.origin == setting.origin
                assert change.value == str(setting.value)


@given(any_hosts(ANY_VALUES))
def test_a_fault_is_always_a_failure(host: hosts.Host) -> None:
    if has_fault(host.settings()):
        for row in host.rows():
            assert row.worst is findings.Severity.FAILURE


@given(any_hosts(ANY_VALUES))
def test_drivers_that_read_nothing_have_no_other_finding(
    host: hosts.Host,
) -> None:
    if host.settings().driver is drivers.Kind.INDEPENDENT:
        assert set(host.rules()) <= {'invalid-setting'}
