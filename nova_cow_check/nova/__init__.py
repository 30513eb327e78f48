# SPDX-License-Identifier: Apache-2.0

"""What Nova does: options, drivers, backends, and what becomes of disks."""
