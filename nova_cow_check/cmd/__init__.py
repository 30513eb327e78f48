# SPDX-License-Identifier: Apache-2.0

"""The commands: arguments, printing and exit codes are nowhere else."""
