# SPDX-License-Identifier: Apache-2.0

"""The tools that generate nova.conf, and what to write for them instead."""
