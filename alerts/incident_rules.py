"""What the office decided about opening incidents: `rules/incidents.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from core.rule_files import RuleFileModel, read_rule_file
from core.vocabulary import Channel, Level


@dataclass(frozen=True, slots=True)
class IncidentRules:
    """How an incident begins.

    Attributes:
        public_channels: channels everybody can read.
        prefill_window: how far before a surge messages count for the three instants.
        provisional_levels: suggested levels whose clock starts before a person has graded.
        provisional_rules: the rules that then start.
    """

    public_channels: frozenset[Channel]
    prefill_window: timedelta
    provisional_levels: frozenset[Level]
    provisional_rules: tuple[str, ...]


class _Reasoned(RuleFileModel):
    source: str = Field(min_length=1)
    why: str = Field(min_length=1)


class _Channels(_Reasoned):
    values: tuple[Channel, ...] = Field(min_length=1)


class _Window(_Reasoned):
    hours: int = Field(ge=1)


class _Provisional(_Reasoned):
    levels: tuple[Level, ...]
    rules: tuple[str, ...] = Field(min_length=1)


class _File(RuleFileModel):
    public_channels: _Channels
    prefill_window: _Window
    provisional: _Provisional


def load_incident_rules(path: Path) -> IncidentRules:
    """The rules of a file such as `rules/incidents.yml`.

    Raises:
        RuleError: the file has a wrong shape, or a number without its source and reason.
    """
    file = read_rule_file(path, _File)
    return IncidentRules(
        frozenset(file.public_channels.values),
        timedelta(hours=file.prefill_window.hours),
        frozenset(file.provisional.levels),
        file.provisional.rules,
    )
