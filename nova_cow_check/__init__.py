# SPDX-License-Identifier: Apache-2.0

"""Find image settings of nova-compute that break or expose guests."""
