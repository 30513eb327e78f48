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


"""A report as plain data: the document that the JSON and YAML formats write.

``report-1.schema.json`` beside this module describes it. Within version 1,
a name is never renamed or removed, and never changes its meaning; names may
be added. Every string is printable: see `nova_cow_check.text`.
"""

from __future__ import annotations

from nova_cow_check.formats import data_fleet
from nova_cow_check.formats import data_host
from nova_cow_check.formats import data_parts
from nova_cow_check import report

#: Of the document; another one if a name had to change.
VERSION = 1

PROGRAM = 'nova-cow-check'

#: The member that has a whole object for each host.
HOSTS = 'hosts'


def of(whole: report.Report) -> data_parts.Data:
    """Return the document of a report, all of it at a time."""
    return {
        **frame(whole),
        HOSTS: [data_host.of(host) for host in whole.hosts],
    }


def frame(whole: report.Report) -> data_parts.Data:
    """Return the document, in its order, without the objects of hosts."""
    return {
        'report_version': VERSION,
        'program': {'name': PROGRAM, 'version': whole.version},
        'created': whole.created.isoformat(timespec='seconds'),
        'result': report.result_of(whole.worst).value,
        'fail_on': whole.fail_on.value,
        'exit_code': whole.exit_code,
        'unused_waivers': [
            data_parts.waiver(one) for one in whole.unused_waivers
        ],
        'fleet': data_fleet.of(whole),
        HOSTS: [],
    }
