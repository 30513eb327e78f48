# SPDX-License-Identifier: Apache-2.0

"""What setup.cfg cannot say: addresses that the package has itself."""

import pathlib
import sys

import setuptools

# Nothing of the package is installed yet, nor what it imports.
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from nova_cow_check import addresses

setuptools.setup(project_urls=addresses.project_urls())
