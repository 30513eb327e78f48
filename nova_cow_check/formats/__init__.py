# SPDX-License-Identifier: Apache-2.0

"""The forms of a report, one module each, found by entry point."""
