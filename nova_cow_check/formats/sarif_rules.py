# SPDX-License-Identifier: Apache-2.0

"""The rules as SARIF describes them, with what code scanning goes by.

GitHub's names of properties: https://docs.github.com/en/code-security/
reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import types
from typing import Any, NamedTuple

from nova_cow_check.formats import markdown
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule

#: How bad a result is, by its severity.
LEVELS = {
    findings.Severity.NOTE: 'note',
    findings.Severity.WARNING: 'warning',
    findings.Severity.FAILURE: 'error',
}

#: Of a rule that is about security; only with it, the number is looked at.
_SECURITY = 'security'
#: CWE-552: Files or Directories Accessible to External Parties.
_FILES_OF_THE_HOST = 'external/cwe/cwe-552'

#: Metrics of CVSS 3.1 for a guest that can read or change files of its host:
#: a user of the cloud can do it, once a move brings the disk there.
_OPENED = 'AV:N/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:N'
#: The same, where it also takes a move between two kinds of hosts that an
#: operator makes; nearly always, the move breaks the guest in place of that.
_MOVED = 'AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:H'

#: CWE-669: Incorrect Resource Transfer Between Spheres.
_DATA_OF_THE_HOST = 'external/cwe/cwe-669'

#: The same for a guest that has data of its host destroyed at a resize, which
#: its user asks for.
_DESTROYED = 'AV:N/AC:H/PR:L/UI:N/S:C/C:N/I:H/A:H'


class Standing(NamedTuple):
    """What a rule is to those who look for what is not secure."""

    #: Words to filter by; the first one is what suffers.
    tags: tuple[str, ...]
    #: 0.0 to 10.0; 0.0 where nobody gets what is another's.
    security_severity: float = 0.0
    #: Metrics of CVSS 3.1 that the number is the base score of, if any.
    vector: str = ''


#: Each with the reason for its number.
STANDINGS: Mapping[str, Standing] = types.MappingProxyType(
    {
        # Nothing is known of the host: the rules tell once it is read.
        'unreadable-configuration': Standing(('reliability',)),
        # nova-compute does not start.
        'invalid-setting': Standing(('reliability',)),
        # Nova does what it did, which other rules have judged.
        'changes-not-in-effect': Standing(('correctness',)),
        # Nova does what the other settings say, which other rules judge.
        'ignored-setting': Standing(('correctness',)),
        # The host is to be retired; the setting is right until then.
        'driver-removed': Standing(('maintainability',)),
        # The line has no effect.
        'use-cow-images-unused': Standing(('maintainability',)),
        # nova-compute does not start.
        'rbd-without-raw-images': Standing(('reliability',)),
        # What happens is right today, and may change with an upgrade.
        'implicit-image-backend': Standing(('maintainability',)),
        # What a guest writes into its disk is believed by its host.
        'raw-disks-opened-as-qcow2': Standing(
            ('correctness', _SECURITY, _FILES_OF_THE_HOST), 8.2, _OPENED
        ),
        # The guest does not start; its data is there, and its own.
        'flat-disks-converted': Standing(('reliability',)),
        # What a guest writes into its disk is believed at a resize.
        'unsafe-flat-resize': Standing(
            ('correctness', _SECURITY, _DATA_OF_THE_HOST), 8.2, _DESTROYED
        ),
        # Nearly always, the next restart breaks the guest in place of that.
        'backend-changed': Standing(
            ('reliability', _SECURITY, _FILES_OF_THE_HOST), 5.9, _MOVED
        ),
        # A guest reads wrong data, but nobody's.
        'force-raw-images-changed': Standing(('correctness',)),
        # To a host with use_cow_images = False, it is raw opened as qcow2.
        'mixed-image-backends': Standing(
            ('reliability', _SECURITY, _FILES_OF_THE_HOST), 5.9, _MOVED
        ),
        # A guest loses data, but to nobody.
        'mixed-force-raw-images': Standing(('correctness',)),
        # The guest is not started; nobody reads anything.
        'guest-disk-info-unusable': Standing(('reliability',)),
        'guest-disk-info-wrong': Standing(('reliability',)),
        # A guest has done what makes it read files of its host.
        'guest-header-believed': Standing(
            ('correctness', _SECURITY, _FILES_OF_THE_HOST), 8.2, _OPENED
        ),
        'guest-disk-foreign': Standing(
            ('correctness', _SECURITY, _FILES_OF_THE_HOST), 8.2, _OPENED
        ),
        # The guest does not start; its data is there, and its own.
        'guest-disk-converted': Standing(('reliability',)),
        # libvirt refuses it, unless the guest wrote a header beforehand.
        'guest-disk-opened-as-qcow2': Standing(
            ('reliability', _SECURITY, _FILES_OF_THE_HOST), 5.9, _MOVED
        ),
        'guest-backing-file-missing': Standing(('reliability',)),
        # The guest reads wrong data, but nobody's.
        'guest-backing-file-wrong': Standing(('correctness',)),
        # Nearly always, the next restart breaks the guest in place of that.
        'guest-backend-changed': Standing(
            ('reliability', _SECURITY, _FILES_OF_THE_HOST), 5.9, _MOVED
        ),
        'guest-breaks-at-move': Standing(('reliability',)),
        'guest-move-unconfirmed': Standing(('reliability',)),
        'guest-not-read': Standing(('reliability',)),
        # Nova believes at the next restart what the guest has written.
        'guest-disk-info-missing': Standing(
            ('correctness', _SECURITY, _FILES_OF_THE_HOST), 5.9, _MOVED
        ),
        # Nothing believes it; the rules above tell where something does.
        'guest-header-written': Standing(('correctness',)),
        'guest-without-domain': Standing(('maintainability',)),
    }
)


def descriptor(
    one: rule.Rule, message: Callable[[str], dict[str, str]]
) -> dict[str, Any]:
    """Return the reportingDescriptor of a rule.

    :param message: makes a message of words
    """
    page = registry.page(one.name)
    standing = STANDINGS[one.name]
    shown = markdown.of(page.text)
    # Braces are doubled, as in the text.
    escaped = shown.replace('{', '{{').replace('}', '}}')
    return {
        'id': one.name,
        # SARIF has names for people in PascalCase, and lets ids be stable.
        'name': one.name.title().replace('-', ''),
        'shortDescription': message(page.summary),
        # Code scanning services ask for both.
        'fullDescription': message(page.summary),
        'help': {**message(page.text), 'markdown': escaped},
        'helpUri': one.reference,
        'defaultConfiguration': {'level': LEVELS[one.severity]},
        'properties': {
            'check': one.check.value,
            'security-severity': f'{standing.security_severity:.1f}',
            'tags': ['nova', *standing.tags],
        },
    }
