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


"""What a format is: a function from a report to text.

An entry point of the group ``nova_cow_check.formats`` names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from nova_cow_check import report


class Appearance(NamedTuple):
    """What a reader's terminal can show; formats for programs ignore it."""

    #: Columns of a line.
    width: int = 80
    has_colour: bool = False


#: Takes a report and returns the pieces of its text, in order. It prints and
#: writes nothing, and gives no character that could act on a terminal but the
#: line break.
Format = Callable[[report.Report, Appearance], Iterable[str]]
