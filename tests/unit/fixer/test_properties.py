# SPDX-License-Identifier: Apache-2.0

"""What holds for every file that oslo.config reads."""

from __future__ import annotations

import json
import re

from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import strategies as st

from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check.formats import sarif
from nova_cow_check.nova import opts
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.settings import parsing
from tests.unit.fixer import fixes
from tests.unit.formats import sarif_reader
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

ANY_VALUES = st.sampled_from(strategies.VALUES) | st.sampled_from(
    strategies.ODD_VALUES
)

Host = tuple[dict[str, bytes], dict[str, str]]


@st.composite
def contents(draw: st.DrawFn) -> dict[str, bytes]:
    """Some files in reading order; most have the driver, and any line end."""
    texts = draw(
        st.lists(strategies.files(ANY_VALUES), min_size=1, max_size=3)
    )
    if draw(st.integers(0, 3)):
        driver = f'[DEFAULT]\ncompute_driver={hosts.LIBVIRT}\n'
        texts[0] = driver + texts[0].replace('\r\n', '\n')
    # Column and bytes of its end differ.
    texts[-1] += draw(st.sampled_from(['', '', '\n# \N{OX}']))
    if draw(st.integers(0, 5)) == 0:
        texts[-1] = f'# Ansible managed\n{texts[-1]}'
    end = draw(st.sampled_from(['\n', '\n', '\r\n', '\r']))
    return {
        f'{number}.conf': text.replace('\r\n', '\n')
        .replace('\n', end)
        .encode()
        for number, text in enumerate(texts)
    }


@st.composite
def any_hosts(draw: st.DrawFn) -> Host:
    return draw(contents()), draw(strategies.environments(ANY_VALUES))


asked_rules = st.sets(st.sampled_from(sorted(registry.RULES)), max_size=2)


def assignments(
    files: dict[str, bytes],
) -> list[parsing.Assignment]:
    return [
        one for file in fixes.read(files).files for one in file.assignments
    ]


@given(any_hosts(), asked_rules)
def test_one_run_is_enough(host: Host, asked: set[str]) -> None:
    files, environment = host
    made = fixes.make(files, environment, asked)
    event(f'{len(made.fixed)} fixed, {len(made.left)} left')
    again = fixes.make(fixes.after(files, made), environment, asked)
    assert again.texts == ()
    assert again.fixed == ()
    # What is left is all that is left.
    assert [left.finding.rule for left in again.left] == [
        left.finding.rule for left in made.left
    ]
    assert all(left.reason for left in made.left)


@given(any_hosts())
def test_every_finding_is_fixed_or_left(host: Host) -> None:
    found = fixes.judged(*host).found
    made = fixes.make(*host)
    dealt_with = [*made.fixed, *(left.finding for left in made.left)]
    assert sorted(map(repr, dealt_with)) == sorted(map(repr, found))


@given(any_hosts())
def test_what_is_left_needs_no_edit(host: Host) -> None:
    _files, environment = host
    for left in fixes.make(*host).left:
        kinds = {
            change.origin.kind
            for change in left.finding.replacement.changes
            if change.action is not findings.Action.KEEP
        }
        is_in_files = kinds <= {
            parsing.OriginKind.FILE,
            parsing.OriginKind.DEFAULT,
        }
        if left.finding.rule not in ('ignored-setting', 'driver-removed'):
            assert not is_in_files or re.search(
                'more than one line|refers to|No value is|not by a file',
                left.reason,
            )


@given(any_hosts(), asked_rules)
def test_the_diff_is_the_whole_change(host: Host, asked: set[str]) -> None:
    files, environment = host
    made = fixes.make(files, environment, asked)
    shown = fixes.shown(made)
    unchanged = {text.path: text.before for text in made.texts}
    changed = {text.path: text.after for text in made.texts}
    assert fixes.patched(unchanged, shown) == fixes.patched(changed, '')


@given(any_hosts(), asked_rules)
def test_all_other_bytes_stay(host: Host, asked: set[str]) -> None:
    files, environment = host
    for text in fixes.make(files, environment, asked).texts:
        before = re.findall(rb'[^\r\n]*(?:\r\n|\r|\n)|.+', text.before)
        after = re.findall(rb'[^\r\n]*(?:\r\n|\r|\n)|.+', text.after)
        for hunk in reversed(text.hunks):
            start = hunk.before - 1
            before[start : start + len(hunk.removed)] = []
            start = hunk.after - 1
            after[start : start + len(hunk.added)] = []
        joined, rest = b''.join(after), b''.join(before)
        assert joined == rest or (
            # A last line gets its end when another one follows it.
            not text.before.endswith((b'\n', b'\r'))
            and joined.rstrip(b'\r\n') == rest
        )


@given(any_hosts(), asked_rules)
def test_other_assignments_stay(host: Host, asked: set[str]) -> None:
    files, environment = host
    made = fixes.make(files, environment, asked)
    changed = {
        (parsing.normalize_group(change.group), change.name)
        for finding in made.fixed
        for change in finding.replacement.changes
    }
    before, after = (
        [
            (a.group, a.name, a.text, a.origin.name)
            for a in assignments(some)
            if (parsing.normalize_group(a.group), a.name) not in changed
        ]
        for some in (files, fixes.after(files, made))
    )
    assert after == before


@given(any_hosts(), asked_rules)
def test_the_backend_stays(host: Host, asked: set[str]) -> None:
    files, environment = host
    made = fixes.make(files, environment, asked)
    before, after = (
        invalid_setting.repaired(fixes.judged(some, environment).settings)
        for some in (files, fixes.after(files, made))
    )
    if before.faulty:
        # What was meant is not known, and the value is left.
        return
    novas = [rule.behaviour_of(one) for one in (before, after)]
    assert novas[0].backend is novas[1].backend


@given(any_hosts())
def test_what_sarif_offers_is_what_fix_writes(host: Host) -> None:
    files, environment = host
    judged = fixes.judged(files, environment)
    whole = report.Report(
        (report.judge(report.ReadHost('compute1', judged.settings)),),
        (),
        report.FailOn.NEVER,
        '1.2.3',
        sample_reports.CREATED,
    )
    document = ''.join(sarif.render(whole, interface.Appearance()))
    (run,) = json.loads(document)['runs']
    assert len(run['results']) == len(judged.found)
    for finding, result in zip(judged.found, run['results']):
        made = fixes.alone(files, environment, finding)
        is_written = bool(made.fixed) and not fixes.is_generated(made)
        offered = result.get('fixes', [])
        event(f'{finding.rule}: {is_written}, {len(offered)}')
        if not is_written:
            assert offered == []
        for one in offered:
            assert fixes.after(files, made) == sarif_reader.applied(
                files, one, run['newlineSequences']
            )
        # Kept back is only what cannot be shown.
        if is_written and not offered:
            assert any(
                mark in text for mark in b'#;' for text in files.values()
            )


SECRET = 'Xsecret'

#: Lines that a person would not show, beside those that fix edits.
SECRET_LINES = st.sampled_from(
    [
        f'transport_url = rabbit://nova:{SECRET}@host', f'# {SECRET}',
        f'password: {SECRET}\n  {SECRET}', f';{SECRET}=use_cow_images',
        f'use_cow_images = False\n  {SECRET}',
        f'connection = $use_cow_images{SECRET}',
        f'images_type = raw\n {SECRET} = {SECRET}',
    ]
)  # fmt: skip


@st.composite
def secret_files(draw: st.DrawFn) -> dict[str, bytes]:
    """Files in which some lines are secret, between any other lines."""
    files = draw(contents())
    hidden = {}
    for path, data in files.items():
        lines = data.decode().replace('\r\n', '\n').replace('\r', '\n')
        split = lines.split('\n')
        for _line in range(draw(st.integers(0, 4))):
            position = draw(st.integers(1, len(split)))
            split.insert(position, draw(SECRET_LINES))
        hidden[path] = '\n'.join(split).encode()
    return hidden


@given(secret_files(), asked_rules)
def test_nothing_secret_is_shown(
    files: dict[str, bytes], asked: set[str]
) -> None:
    try:
        fixes.read(files)
    except errors.ConfigurationError:
        assume(False)
    made = fixes.make(files, asked=asked)
    assert SECRET not in fixes.said(made)


names = {option.name for option in opts.OPTIONS}


@given(any_hosts())
def test_only_lines_of_these_options_are_shown(host: Host) -> None:
    for line in fixes.shown(fixes.make(*host)).splitlines():
        if not line.startswith(('---', '+++', '@@', '\\')):
            written = line[1:].strip()
            assert (
                any(name in written for name in names)
                or written in ('', '[DEFAULT]', '[libvirt]')
                or written.startswith(('#', ';'))
                # The value of an option, alone on its line.
                or line.startswith('- ')
                or line.startswith('-\t')
            ), line
