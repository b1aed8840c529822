"""Every table, by subject. `METADATA` is what the migrations must build (tested)."""

from __future__ import annotations

from storage.tables.audit import events
from storage.tables.base import METADATA
from storage.tables.casework import cases, deadlines, explanations, responses
from storage.tables.intake import imports, message_revisions, messages, quarantine, sources
from storage.tables.office import engine_state, people, sections, sessions, sign_in_failures, tokens

__all__ = [
    "METADATA",
    "cases",
    "deadlines",
    "engine_state",
    "events",
    "explanations",
    "imports",
    "message_revisions",
    "messages",
    "people",
    "quarantine",
    "responses",
    "sections",
    "sessions",
    "sign_in_failures",
    "sources",
    "tokens",
]
