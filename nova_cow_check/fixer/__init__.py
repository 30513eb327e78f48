# SPDX-License-Identifier: Apache-2.0

"""The replacement settings written into nova.conf, touching nothing else."""
