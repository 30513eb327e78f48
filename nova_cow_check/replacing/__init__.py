# SPDX-License-Identifier: Apache-2.0

"""Files replaced safely: whole, all of them or none, and with a backup."""
