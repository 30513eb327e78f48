# SPDX-License-Identifier: Apache-2.0

"""Write nova.conf as puppet-nova does: Debian's Puppet and modules.

Only what writes nova.conf is applied, and to another file than
/etc/nova/nova.conf.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

MODULES = pathlib.Path('/usr/share/puppet/modules')

#: What nova's needs. Others have facts that take long to find out.
_NEEDED = ('inifile', 'nova', 'openstacklib', 'oslo', 'stdlib')

#: A provider that is the module's own but for the file.
_PROVIDER = """\
Puppet::Type.type(:nova_config).provide(
  :elsewhere, parent: :openstackconfig
) do
  def self.file_path
    ENV.fetch('NOVA_CONF')
  end
end
"""

_HIERARCHY = {
    'version': 5,
    'defaults': {'datadir': '.', 'data_hash': 'yaml_data'},
    'hierarchy': [{'name': 'The host', 'path': 'host.yaml'}],
}

#: Of the host.
_NAME = 'compute'

COMPUTE = ('nova', 'nova::compute', 'nova::compute::libvirt')


def require() -> None:
    """Fail where the packages are missing."""
    assert shutil.which('puppet'), 'install puppet'
    assert (MODULES / 'nova').is_dir(), 'install puppet-module-nova'


def find_facts(directory: pathlib.Path) -> str:
    """Return the facts of this machine, which take long to find out."""
    done = Host(directory, '').run(
        *('facts', 'find', _NAME, '--render-as', 'yaml')
    )
    return done.stdout


@dataclasses.dataclass(frozen=True)
class Host:
    """A compute host, in a directory of its own."""

    directory: pathlib.Path
    #: As ``find_facts`` returns them.
    facts: str

    @property
    def conf(self) -> pathlib.Path:
        return self.directory / 'nova.conf'

    def apply(
        self,
        hiera: str,
        classes: tuple[str, ...] = COMPUTE,
        codes: tuple[int, ...] = (0, 2),
    ) -> str:
        """Run Puppet, return what it says.

        :param hiera: content of the data
        :param codes: expected; 2 is a success that changed something
        """
        self._write('host.yaml', hiera)
        self._write('hiera.yaml', json.dumps(_HIERARCHY))
        self._write(
            'modules/elsewhere/lib/puppet/provider/nova_config/elsewhere.rb',
            _PROVIDER,
        )
        includes = '\n'.join(f'include {name}' for name in classes)
        manifest = f'Nova_config {{ provider => elsewhere }}\n{includes}\n'
        self._write('site.pp', manifest)
        self._write(f'vardir/client_yaml/facts/{_NAME}.yaml', self.facts)
        done = self.run(
            *('apply', '--detailed-exitcodes', '--tags', 'nova_config'),
            *('--certname', _NAME, '--facts_terminus', 'yaml'),
            *('--hiera_config', str(self.directory / 'hiera.yaml')),
            str(self.directory / 'site.pp'),
            codes=codes,
        )
        return done.stdout + done.stderr

    def run(
        self, *arguments: str, codes: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[str]:
        """Run Puppet, with nothing of whoever runs the tests."""
        modules = self.directory / 'modules'
        modules.mkdir(exist_ok=True)
        for name in _NEEDED:
            if not (modules / name).is_symlink():
                (modules / name).symlink_to(MODULES / name)
        done = subprocess.run(
            [
                *('puppet', *arguments, '--color', 'false'),
                *('--modulepath', str(modules)),
                *('--confdir', str(self.directory / 'confdir')),
                *('--vardir', str(self.directory / 'vardir')),
            ],
            env={
                'HOME': str(self.directory),
                'LC_ALL': 'C.UTF-8',
                'NOVA_CONF': str(self.conf),
                'PATH': os.environ['PATH'],
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode in codes, done.stdout + done.stderr
        return done

    def _write(self, path: str, content: str) -> None:
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
