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
