# SPDX-License-Identifier: Apache-2.0

"""Checks of other projects run beside ours, and cannot hurt them."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import textwrap

from oslo_config import cfg
import pytest

from tests.functional import conftest
from tests.functional import passwords

SECRET = passwords.ON_THE_LINE
CHECK = ('upgrade', 'check')
OWN = ['Image settings', 'Image backend', 'Resize and cold migration']
GOOD_CONF = (
    '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    '[libvirt]\nimages_type = qcow2\n'
)

Install = Callable[..., None]

#: A plugin as another project writes it; {body} is its check's.
PLUGIN = '''\
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck


class Checks:
    def get_checks(self):
        return (('{title}', check),)


def check(command):
{body}
'''


@pytest.fixture
def install(tmp_path: pathlib.Path) -> Install:
    """Return a function that installs a distribution with one plugin."""

    def install_plugin(
        name: str, code: str, title: str = '', target: str = ''
    ) -> None:
        """Install a plugin.

        :param code: its module, or the body of its check
        :param target: what the entry point names; its module without it
        """
        if title:
            body = textwrap.indent(code, '    ')
            code = PLUGIN.format(title=title, body=body)
        site = tmp_path / 'site'
        metadata = site / f'{name}-1.0.dist-info'
        metadata.mkdir(parents=True)
        (site / f'{name}.py').write_text(code)
        (metadata / 'METADATA').write_text(
            f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n'
        )
        (metadata / 'entry_points.txt').write_text(
            f'[nova.status.upgrade.checks]\n{name} = {target or name}\n'
        )

    return install_plugin


@pytest.fixture
def check(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> Callable[..., tuple[int, dict[str, tuple[int, str]], str]]:
    """Return a function that runs the command with the plugins installed.

    It gives the exit code, the rows of the JSON form and standard error.
    """

    def run_check(
        content: str = GOOD_CONF, *arguments: str
    ) -> tuple[int, dict[str, tuple[int, str]], str]:
        place = ('--config-file', write(content))
        path = str(tmp_path / 'site')
        result = run(*CHECK, *place, *arguments, '--json', PYTHONPATH=path)
        rows = {
            row['check']: (row['result'], row['details'])
            for row in json.loads(result.stdout)['checks']
        }
        if not arguments:
            passwords.assert_hidden(result)
        return result.returncode, rows, result.stderr

    return run_check


Check = Callable[..., tuple[int, dict[str, tuple[int, str]], str]]


@pytest.mark.parametrize('target', ['theirs', 'theirs:Checks'])
@pytest.mark.parametrize('code', [0, 1, 2])
def test_their_row_follows_ours_and_counts(
    code: int, target: str, install: Install, check: Check
) -> None:
    # neutron's own entry points name the class, not its module.
    body = f'return upgradecheck.Result({code}, "Fine.\\nOr not.")'
    install('theirs', body, title='Theirs', target=target)
    exit_code, rows, stderr = check()
    assert (exit_code, stderr) == (code, '')
    assert list(rows) == [*OWN, 'Theirs']
    assert rows['Theirs'] == (code, 'Fine.\nOr not.')


def test_the_table_has_the_same_rows(
    install: Install,
    check: Check,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    install('bad', f'raise ValueError("{SECRET}")', title='Bad')
    install('good', 'return upgradecheck.Result(0)', title='Good')
    install('lost', f'raise ValueError("{SECRET}")')
    code, rows, _stderr = check()
    place = ('--config-file', write(GOOD_CONF))
    table = run(*CHECK, *place, PYTHONPATH=str(tmp_path / 'site'))
    assert (table.returncode, table.stderr) == (code, '')
    assert list(conftest.rows(table)) == list(rows)
    assert len(rows) == len(OWN) + 3
    passwords.assert_hidden(table)


#: Name -> body of a check that does not give a result, what is said.
FAILING = {
    'raises': (f'raise ValueError("{SECRET}")', 'ValueError'),
    'exits': ('raise SystemExit(0)', 'SystemExit'),
    'returns nothing': ('return None', 'AttributeError'),
    'returns no known code': ('return upgradecheck.Result(7)', 'ValueError'),
    'asks for an unknown option': ('command.conf.none', 'NoSuchOptError'),
    'asserts': (f'assert not "{SECRET}"', 'AssertionError'),
    'breaks a pipe': ('raise BrokenPipeError', 'BrokenPipeError'),
    'is cancelled': (
        'import asyncio\nraise asyncio.CancelledError',
        'CancelledError',
    ),
    'ends a greenlet': (
        f'raise type("GreenletExit", (BaseException,), {{}})("{SECRET}")',
        'GreenletExit',
    ),
    'ends a generator': ('raise GeneratorExit', 'GeneratorExit'),
    'exits as a warning': ('raise SystemExit(1)', 'SystemExit'),
    'has no memory': ('raise MemoryError', 'MemoryError'),
    'recurses': ('check(command)', 'RecursionError'),
    'has details that raise': (
        'class Details:\n'
        '    def __str__(self):\n'
        '        raise GeneratorExit\n'
        'return upgradecheck.Result(0, Details())',
        'GeneratorExit',
    ),
}


@pytest.mark.parametrize('name', FAILING)
def test_a_check_without_a_result_is_a_failed_row(
    name: str, install: Install, check: Check
) -> None:
    body, error = FAILING[name]
    install('theirs', body, title='Theirs')
    install('zeal', 'return upgradecheck.Result(0)', title='Other')
    code, rows, stderr = check()
    assert (code, stderr) == (2, '')
    assert sorted(rows) == sorted([*OWN, 'Theirs', 'Other'])
    assert rows['Theirs'] == (
        2,
        f'This check could not run: {error}; --debug shows where.',
    )
    assert [rows[name][0] for name in [*OWN, 'Other']] == [0, 0, 0, 0]


#: Name -> module that is no plugin, what is said.
UNLOADABLE = {
    'does not import': ('import no_such_module', 'ModuleNotFoundError'),
    'does not compile': (f'password = "{SECRET}', 'SyntaxError'),
    'raises': (f'raise RuntimeError("{SECRET}")', 'RuntimeError'),
    'asserts': (f'assert not "{SECRET}"', 'AssertionError'),
    'exits': ('raise SystemExit(0)', 'SystemExit'),
    'has no checks': ('', 'TypeError'),
    'has other checks': ('class Checks: pass', 'AttributeError'),
    'raises in get_checks': (
        'class Checks:\n'
        '    def get_checks(self):\n'
        f'        raise RuntimeError("{SECRET}")\n',
        'RuntimeError',
    ),
    'exits in get_checks': (
        'class Checks:\n'
        '    def get_checks(self):\n'
        '        raise SystemExit(0)\n',
        'SystemExit',
    ),
    'is cancelled': (
        'import asyncio\nraise asyncio.CancelledError',
        'CancelledError',
    ),
    'ends a greenlet': (
        f'raise type("GreenletExit", (BaseException,), {{}})("{SECRET}")',
        'GreenletExit',
    ),
    'ends a generator': ('raise GeneratorExit', 'GeneratorExit'),
    'is cancelled in get_checks': (
        'import asyncio\n'
        'class Checks:\n'
        '    def get_checks(self):\n'
        '        raise asyncio.CancelledError\n',
        'CancelledError',
    ),
    'ends its generator of checks': (
        'class Checks:\n'
        '    def get_checks(self):\n'
        '        yield "name", None\n'
        '        raise GeneratorExit\n',
        'GeneratorExit',
    ),
    'gives no pairs': (
        'class Checks:\n    def get_checks(self):\n        return (1, 2)\n',
        'TypeError',
    ),
}


@pytest.mark.parametrize('name', UNLOADABLE)
def test_a_plugin_that_cannot_be_loaded_is_a_failed_row(
    name: str, install: Install, check: Check
) -> None:
    module, error = UNLOADABLE[name]
    install('theirs', module)
    install('zeal', 'return upgradecheck.Result(0)', title='Other')
    code, rows, stderr = check()
    assert (code, stderr) == (2, '')
    failed = 'Plugin theirs, which cannot be loaded'
    assert sorted(rows) == sorted([*OWN, failed, 'Other'])
    assert rows[failed] == (
        2,
        f'This check could not run: {error}; --debug shows where.',
    )
    assert [rows[name][0] for name in [*OWN, 'Other']] == [0, 0, 0, 0]


#: What is no check -> what is said.
NO_CHECKS = {
    'None': 'TypeError',
    '"check"': 'TypeError',
    '(check,)': 'ValueError',
    '(check, {}, {})': 'ValueError',
    '(check, {"none": 1})': 'TypeError',
}


@pytest.mark.parametrize('what', NO_CHECKS)
def test_what_is_no_check_is_a_failed_row(
    what: str, install: Install, check: Check
) -> None:
    code = PLUGIN.format(title='Theirs', body='    return None')
    install('theirs', code.replace("'Theirs', check)", f"'Theirs', {what})"))
    install('zeal', 'return upgradecheck.Result(0)', title='Other')
    exit_code, rows, stderr = check()
    assert (exit_code, stderr) == (2, '')
    assert rows['Theirs'] == (
        2,
        f'This check could not run: {NO_CHECKS[what]}; --debug shows where.',
    )
    assert [rows[name][0] for name in [*OWN, 'Other']] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    'plugin',
    [
        'raise KeyboardInterrupt',
        PLUGIN.format(title='Theirs', body='    raise KeyboardInterrupt'),
    ],
)
def test_an_interruption_is_no_verdict(
    plugin: str,
    install: Install,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    install('theirs', plugin)
    place = ('--config-file', write(GOOD_CONF))
    result = run(*CHECK, *place, PYTHONPATH=str(tmp_path / 'site'))
    assert conftest.reason(result) == 'interrupted'


def test_what_a_plugin_prints_is_not_in_the_report(
    install: Install, check: Check
) -> None:
    body = 'print("while checking")\nreturn upgradecheck.Result(0)'
    install('theirs', body, title='Theirs')
    with_print = 'print("while importing")\n'
    install('talk', with_print + PLUGIN.format(title='Talk', body='    1/0'))
    code, rows, stderr = check()
    assert list(rows)[:3] == OWN
    assert sorted(list(rows)[3:]) == ['Talk', 'Theirs']
    assert stderr == 'while importing\nwhile checking\n'


def test_debug_shows_where_a_check_failed(
    install: Install, check: Check
) -> None:
    install('theirs', 'raise ValueError("a reason")', title='Theirs')
    code, rows, stderr = check(GOOD_CONF, '--debug')
    assert code == 2
    assert rows['Theirs'] == (2, 'This check could not run: ValueError.')
    assert 'theirs.py", line 11, in check' in stderr
    assert 'ValueError: a reason' in stderr


#: What a check of another project registers and reads.
OPTIONS = '''\
from oslo_config import cfg

OPTIONS = (
    (None, cfg.StrOpt('my_ip')),
    (None, cfg.IntOpt('workers', default=3)),
    ('pci', cfg.MultiStrOpt('alias', default=['none'])),
    ('pci', cfg.MultiStrOpt('device_spec', deprecated_name='whitelist')),
    ('glance', cfg.ListOpt('api_servers')),
    ('glance', cfg.StrOpt('region', deprecated_name='os_region',
                          deprecated_group='DEFAULT')),
    ('glance', cfg.StrOpt('ca', deprecated_opts=[
        cfg.DeprecatedOpt('ca_file'), cfg.DeprecatedOpt('ca', 'ssl')])),
    ('glance', cfg.StrOpt('with-dashes')),
    ('new', cfg.StrOpt('reference')),
)


def read(conf):
    for group, option in OPTIONS:
        conf.register_opt(option, group=group)
    return repr([
        conf[group][option.dest] if group else conf[option.dest]
        for group, option in OPTIONS
    ])
'''


def test_a_check_reads_its_own_options_as_oslo_config_does(
    install: Install,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    first = write(
        '[DEFAULT]\nmy_ip = 192.0.2.1\nos_region = north\n'
        '[PCI]\nalias = a\nalias = b\nwhitelist = c\ndevice_spec = d\n'
        '[ssl]\nca = /ssl.pem\n[New]\nreference = $my_ip:${glance.region}\n',
        'first.conf',
    )
    second = write(
        '[pci]\nalias = e\nwhitelist = f\n[glance]\napi_servers = x,y\n'
        'with_dashes = g\nca_file = /glance.pem\n',
        'second.conf',
    )
    body = (
        'import options\n'
        'return upgradecheck.Result(0, options.read(command.conf))'
    )
    install('theirs', body, title='Theirs')
    (tmp_path / 'site' / 'options.py').write_text(OPTIONS)
    arguments = ('--config-file', first, '--config-file', second)
    path = str(tmp_path / 'site')
    result = run(*CHECK, '--json', *arguments, PYTHONPATH=path)
    theirs = json.loads(result.stdout)['checks'][-1]
    module: dict[str, Callable[[cfg.ConfigOpts], str]] = {}
    exec(OPTIONS, module)
    conf = cfg.ConfigOpts()
    conf(arguments, default_config_dirs=[])
    assert theirs['details'] == module['read'](conf)
    assert "'192.0.2.1:north'" in theirs['details']
