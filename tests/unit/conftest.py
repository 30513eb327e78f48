# SPDX-License-Identifier: Apache-2.0

"""Settings of hypothesis: how fast a machine is does not count."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile(
    'untimed',
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile('untimed')
