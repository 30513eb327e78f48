# SPDX-License-Identifier: Apache-2.0

"""The document that JSON and YAML hold: how it is written and read back.

``report-1.schema.json`` describes it. Within version 1, a name is never
renamed or removed, and never changes its meaning; names may be added. Every
string is printable: see `nova_cow_check.printing`.
"""
