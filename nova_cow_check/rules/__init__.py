# SPDX-License-Identifier: Apache-2.0

"""The conditions that are looked for: a module for each, and its page.

A rule takes the settings of a host and returns findings. What Nova does it
asks of the modules of `nova`.
"""
