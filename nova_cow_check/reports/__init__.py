# SPDX-License-Identifier: Apache-2.0

"""What is found: on a host, in a run, and between hosts."""
