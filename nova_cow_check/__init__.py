# SPDX-License-Identifier: Apache-2.0

"""Find image settings of nova-compute that break or expose guests."""

#: The one place of the version: all else asks it.
__version__ = '0.1.0'
