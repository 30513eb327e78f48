# SPDX-License-Identifier: Apache-2.0

"""The checks in other programs' commands."""

from __future__ import annotations

import pathlib
import socket

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
import pytest

from nova_cow_check import checks
from nova_cow_check import errors
from nova_cow_check.reports import audit
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit.guests import test_prospects
from tests.unit.reports import test_audit
from tests.unit import sample_reports

FUNCTIONS = [
    checks.check_image_settings,
    checks.check_image_backend,
    checks.check_resize_and_cold_migration,
]


def load(tmp_path: pathlib.Path, content: str) -> cfg.ConfigOpts:
    path = tmp_path / 'nova.conf'
    path.write_text(content)
    conf = cfg.ConfigOpts()
    conf([f'--config-file={path}'], project='nova', prog='nova-compute')
    return conf


def test_libvirt_is_no_evidence_in_what_another_program_reads(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nova-status runs with the files of an API or a conductor."""
    conf = load(tmp_path, '[libvirt]\nvirt_type = kvm\n')
    monkeypatch.setattr(cfg, 'CONF', conf)
    command = upgradecheck.UpgradeCommands()
    for function in FUNCTIONS:
        result = function(command)
        assert result.code is upgradecheck.Code.SUCCESS
        assert "not a compute service's configuration" in result.details
        assert 'nova-cow-check upgrade check on each compute' in result.details
    assert 'which is assumed' in FUNCTIONS[0](command, conf).details
    assert codes(conf) == [0, 1, 0]


def codes(conf: cfg.ConfigOpts) -> list[upgradecheck.Code]:
    command = upgradecheck.UpgradeCommands()
    return [function(command, conf).code for function in FUNCTIONS]


@pytest.mark.parametrize(
    'content, expected',
    [
        ('', (0, 0, 0)),
        ('[libvirt]\nimages_type = qcow2\n', (0, 0, 0)),
        ('[libvirt]\nimages_type = default\n', (0, 1, 0)),
        ('[libvirt]\nimages_type = flat\n', (0, 0, 1)),
        ('[DEFAULT]\nimages_type = flat\n', (1, 0, 0)),
        (
            '[libvirt]\nimages_type=rbd\n[DEFAULT]\nforce_raw_images=0\n',
            (0, 2, 0),
        ),
        ('[libvirt]\nimages_type = foo\n', (2, 2, 2)),
        (
            '[DEFAULT]\nuse_cow_images=1\n[libvirt]\nimages_type = lvm\n',
            (0, 0, 0),
        ),
    ],
)
def test_codes(
    content: str, expected: tuple[int, ...], tmp_path: pathlib.Path
) -> None:
    assert tuple(codes(load(tmp_path, content))) == expected


def test_in_another_programs_upgrade_checks(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conf = load(tmp_path, '[libvirt]\nimages_type = default\n')

    class Command(upgradecheck.UpgradeCommands):
        _upgrade_checks = tuple(
            (name, (function, {'conf': conf}))
            for name, function in checks.Checks().get_checks()
        )

    assert Command().check() is upgradecheck.Code.WARNING
    # oslo.upgradecheck's own table folds the lines, and the settings still
    # stand there.
    words = ' '.join(capsys.readouterr().out.replace('|', ' ').split())
    assert 'Write in nova.conf: [libvirt] images_type = qcow2' in words


def test_neutrons_form() -> None:
    for name, function in checks.Checks().get_checks():
        assert isinstance(name, str)
        assert function in FUNCTIONS


def test_the_commands_own_configuration_is_used(
    tmp_path: pathlib.Path,
) -> None:
    class Command(upgradecheck.UpgradeCommands):
        conf = load(tmp_path, '[libvirt]\nimages_type = flat\n')

    result = checks.check_resize_and_cold_migration(Command())
    assert result.code is upgradecheck.Code.WARNING


def test_no_verdict_on_a_configuration_that_nobody_loaded() -> None:
    with pytest.raises(errors.ConfigurationError, match='not been loaded'):
        checks.check_image_backend(
            upgradecheck.UpgradeCommands(), cfg.ConfigOpts()
        )


def test_the_global_configuration_is_the_last_resort(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(tmp_path, '[libvirt]\nimages_type = default\n')
    monkeypatch.setattr(cfg, 'CONF', loaded)
    result = checks.check_image_backend(upgradecheck.UpgradeCommands())
    assert result.code is upgradecheck.Code.WARNING


class TestWaivers:
    content = '[libvirt]\nimages_type = flat\n'
    waiver = '- {rule: flat-disks-converted, reason: why, hosts: "%s"}\n'

    def load(self, tmp_path: pathlib.Path, host: str) -> cfg.ConfigOpts:
        path = tmp_path / 'waivers.yaml'
        path.write_text(self.waiver % host)
        option = f'[nova_cow_check]\nwaivers_file = {path}\n'
        return load(tmp_path, self.content + option)

    def test_those_of_the_configuration_count(
        self, tmp_path: pathlib.Path
    ) -> None:
        assert codes(self.load(tmp_path, socket.gethostname())) == [0, 0, 0]
        assert codes(self.load(tmp_path, 'another')) == [0, 0, 1]

    def test_those_that_matched_nothing_are_named_in_the_first_row(
        self, tmp_path: pathlib.Path
    ) -> None:
        conf = self.load(tmp_path, 'another')
        command = upgradecheck.UpgradeCommands()
        first, *others = (check(command, conf).details for check in FUNCTIONS)
        place = f'flat-disks-converted ({tmp_path}/waivers.yaml:1)'
        assert first.endswith(f'Waivers that matched nothing: {place}.')
        assert 'Waivers' not in ''.join(others)

    def test_a_command_that_has_read_them_has_the_last_word(
        self, tmp_path: pathlib.Path
    ) -> None:
        class Command(upgradecheck.UpgradeCommands):
            conf = load(tmp_path, self.content)
            waivers = [
                sample_reports.waiver('flat-disks-converted', 'compute*')
            ]
            host_name = 'compute1'

        check = checks.check_resize_and_cold_migration
        assert check(Command()).code is upgradecheck.Code.SUCCESS
        Command.host_name = 'storage1'
        assert check(Command()).code is upgradecheck.Code.WARNING


class TestGuests:
    """The row that is there where it is asked for."""

    def test_it_is_the_fourth_one_and_no_plugin_has_it(self) -> None:
        before = [name for name, _check in checks.load()]
        after = [name for name, _check in checks.load(self.look)]
        assert after == [*before[:3], 'Guests', *before[3:]]
        own = checks.Checks().get_checks()
        assert 'Guests' not in [name for name, _check in own]

    def test_it_gets_what_the_other_checks_go_by(
        self, tmp_path: pathlib.Path
    ) -> None:
        conf = load(tmp_path, '[libvirt]\nimages_type = flat\n')
        self.result(conf)
        assert self.seen == (conf, 'flat', ())

    @pytest.mark.parametrize(
        ('guests', 'code'),
        [
            (test_audit.judged(), upgradecheck.Code.SUCCESS),
            (audit.NotLooked('Why.', False), upgradecheck.Code.SUCCESS),
            (audit.NotLooked('Why.'), upgradecheck.Code.FAILURE),
            (
                test_audit.judged(
                    test_audit.guest(1, test_prospects.CONVERTED)
                ),
                upgradecheck.Code.FAILURE,
            ),
        ],
    )
    def test_codes(
        self,
        guests: audit.Guests,
        code: upgradecheck.Code,
        tmp_path: pathlib.Path,
    ) -> None:
        result = self.result(load(tmp_path, ''), guests)
        assert result.code is code
        is_audit = isinstance(guests, audit.Audit)
        start = 'Guests looked at in ' if is_audit else 'Why.'
        assert result.details.startswith(start)

    seen: tuple[object, ...] = ()
    guests: audit.Guests = audit.NotLooked('Why.')

    def look(
        self,
        conf: cfg.ConfigOpts,
        known: host_settings.ImageSettings,
        accepted: tuple[findings.Waiver, ...],
    ) -> audit.Guests:
        self.seen = conf, known.images_type.value, accepted
        return self.guests

    def result(
        self,
        conf: cfg.ConfigOpts,
        guests: audit.Guests = audit.NotLooked('Why.'),
    ) -> upgradecheck.Result:
        self.guests = guests
        _name, check = checks.of_guests(self.look)
        result: upgradecheck.Result = check(
            upgradecheck.UpgradeCommands(), conf
        )
        return result
