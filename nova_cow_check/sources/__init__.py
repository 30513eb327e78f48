# SPDX-License-Identifier: Apache-2.0

"""Where configurations come from; only this package reads files."""
