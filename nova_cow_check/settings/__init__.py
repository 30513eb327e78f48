# SPDX-License-Identifier: Apache-2.0

"""What nova-compute would use, and where that is written; nothing is read."""
