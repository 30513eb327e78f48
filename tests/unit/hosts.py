# SPDX-License-Identifier: Apache-2.0

"""Hosts for the tests: their files, and edits of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import dataclasses
import io

from nova_cow_check.nova import opts
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

LIBVIRT = 'libvirt.LibvirtDriver'


@dataclasses.dataclass(frozen=True)
class Host:
    """The texts that a nova-compute reads, by path, in reading order."""

    files: Mapping[str, str]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def settings(self) -> host_settings.ImageSettings:
        found = host_config.Configuration(
            tuple(
                parsing.parse(path, lines_of(content))
                for path, content in self.files.items()
            ),
            self.environment,
        )
        return host_settings.read(host_config.HostConfig(found), found)

    def rows(self) -> tuple[verdict.Row, ...]:
        return verdict.judge(self.settings())

    def findings(self) -> list[findings.Finding]:
        return [finding for row in self.rows() for finding in row.found]

    def rules(self) -> list[str]:
        """The names of the rules that hold, in alphabetical order."""
        return sorted(finding.rule for finding in self.findings())

    def edited(self, changes: Iterable[findings.Change]) -> Host:
        """Return the host after an operator made the changes."""
        lines: dict[str, list[str | None]] = {
            path: list(content.split('\n'))
            for path, content in self.files.items()
        }
        environment = dict(self.environment)
        for change in changes:
            text = None
            if change.value is not None:
                text = f'{change.name} = {change.value}'
            kinds = parsing.OriginKind
            if change.origin.kind is kinds.ENVIRONMENT:
                environment.pop(change.origin.name, None)
                if change.value is not None:
                    environment[change.origin.name] = change.value
            elif change.origin.kind is kinds.FILE:
                _replace(lines[change.origin.name], change.origin.line, text)
            else:
                assert change.action is findings.Action.SET
                *_others, last = lines
                lines[last] += [f'[{change.group}]', text]
        return Host(
            {
                path: '\n'.join(line for line in kept if line is not None)
                for path, kept in lines.items()
            },
            environment,
        )


def lines_of(content: str) -> list[str]:
    """Return lines with their ends, as they are read from files."""
    return io.StringIO(content, newline='').readlines()


def host(content: str, environment: Mapping[str, str] | None = None) -> Host:
    """Return a host with one file."""
    return Host({'nova.conf': content}, environment or {})


def nova_conf(
    compute_driver: str | None = LIBVIRT,
    images_type: str | None = None,
    use_cow_images: str | None = None,
    force_raw_images: str | None = None,
) -> str:
    """Return a nova.conf with the options that are not None."""
    lines = ['[DEFAULT]']
    if compute_driver is not None:
        lines.append(f'compute_driver = {compute_driver}')
    if use_cow_images is not None:
        lines.append(f'use_cow_images = {use_cow_images}')
    if force_raw_images is not None:
        lines.append(f'force_raw_images = {force_raw_images}')
    lines.append('[libvirt]')
    if images_type is not None:
        lines.append(f'images_type = {images_type}')
    return '\n'.join(lines) + '\n'


def find(rule: str, on: Host) -> list[findings.Finding]:
    """Return the findings of one rule on a host."""
    assert rule in registry.RULES
    return [finding for finding in on.findings() if finding.rule == rule]


def set_to(
    option: opts.Option, value: object, origin: parsing.Origin
) -> findings.Change:
    """Return the change that gives an option a value at a place."""
    setting = host_settings.Setting(option, None, origin, shown='')
    return findings.set_to(setting, value)


def changes(*found: findings.Finding) -> list[findings.Change]:
    """Return all changes that findings ask for."""
    return [
        change for finding in found for change in finding.replacement.changes
    ]


def as_text(found: Iterable[findings.Change]) -> list[str]:
    """Return changes as ``set [libvirt] images_type = flat (not set)``."""
    return [
        f'{change.action.value} [{change.group}] {change.name}'
        + (f' = {change.value}' if change.value is not None else '')
        + ' @ '
        + (change.origin.name or change.origin.kind.value)
        + (f':{change.origin.line}' if change.origin.line else '')
        for change in found
    ]


def _replace(lines: list[str | None], number: int, text: str | None) -> None:
    """Replace an assignment with its continuation lines."""
    lines[number - 1] = text
    for index in range(number, len(lines)):
        line = lines[index]
        if line is None or not (line.startswith((' ', '\t')) and line.strip()):
            break
        lines[index] = None
