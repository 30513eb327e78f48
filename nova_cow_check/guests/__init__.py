# SPDX-License-Identifier: Apache-2.0

"""The guests of a host: what was read of their disks, and what that means."""
