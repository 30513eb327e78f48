# SPDX-License-Identifier: Apache-2.0

"""Marks messages for translation.

https://docs.openstack.org/oslo.i18n/latest/user/usage.html
"""

import oslo_i18n

DOMAIN = 'nova_cow_check'

#: Looks the catalogue up once; the property would at each use.
_translate = oslo_i18n.TranslatorFactory(domain=DOMAIN).primary


def _(message: str) -> str:
    """Translate a message now, whatever oslo.i18n's lazy mode says.

    A lazy Message cannot be added to a str, and textwrap fails on one: see
    https://bugs.launchpad.net/bugs/1801761. Nothing here is translated for
    several readers, so nothing is lost.
    """
    return str(_translate(message))
