# SPDX-License-Identifier: Apache-2.0

"""Marks messages for translation.

https://docs.openstack.org/oslo.i18n/latest/user/usage.html
"""

import os

import oslo_i18n

DOMAIN = 'nova_cow_check'

#: Where catalogues are, unless the variable that oslo.i18n has for it says so.
_SHIPPED = os.path.join(os.path.dirname(__file__), 'locale')

#: Looks the catalogue up once; the property would at each use.
_translate = oslo_i18n.TranslatorFactory(
    domain=DOMAIN,
    localedir=os.environ.get('NOVA_COW_CHECK_LOCALEDIR') or _SHIPPED,
).primary


def _(message: str) -> str:
    """Translate a message now, whatever oslo.i18n's lazy mode says.

    A lazy Message cannot be added to a str, and textwrap fails on one: see
    https://bugs.launchpad.net/bugs/1801761. Nothing here is translated for
    several readers, so nothing is lost.
    """
    return str(_translate(message))


def speak_english() -> None:
    """Leave all messages as they are from now on, for programs read them.

    A message that was translated before stays as it is: this comes first.
    """
    global _translate
    _translate = str
