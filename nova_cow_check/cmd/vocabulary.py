# SPDX-License-Identifier: Apache-2.0

"""The words of nova-cow-check's command line."""

PROGRAM = 'nova-cow-check'

#: The commands.
CHECK, REPORT, RULES, FIX = 'upgrade check', 'report', 'rules', 'fix'

#: Whether there are colours: on a terminal that wants them, or whatever it is.
COLOURS = AUTO, ALWAYS, NEVER = 'auto', 'always', 'never'

#: Command lines that ask for nothing: they get the help, and no verdict.
ASKING_NOTHING = ((), ('upgrade',))

#: Group of the entry points of formats, which are installed.
FORMATS = 'nova_cow_check.formats'

#: Those that programs read, which are in English in every language.
FOR_PROGRAMS = frozenset({'json', 'sarif', 'yaml'})

#: --running without a process id.
ANY_PROCESS = 0

#: The values of `nova_cow_check.reports.report.FailOn`, which loads slowly.
FAIL_ON = ('note', 'warning', 'failure', 'never')

#: The names of `nova_cow_check.deployment.tools.TOOLS`, which load slowly.
TOOLS = (
    'kolla-ansible',
    'openstack-ansible',
    'puppet-nova',
    'openstack-helm',
    'charm-nova-compute',
    'sunbeam',
    'rhoso',
)

#: Ends the name of a backup; oslo.config reads *.conf in directories.
BACKUP_SUFFIX = '.nova-cow-check-backup'
