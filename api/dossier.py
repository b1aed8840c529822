"""Everything that is known of a case, in the words of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.services import Services
from api.standing import standing
from core.clock import iso
from core.labels import label
from core.vocabulary import DeadlineState, Tag
from storage import acknowledgements, case_pages, events, responses
from storage.database import Connection, Row
from storage.desk import Choice

_GONE = (DeadlineState.CANCELLED.value, DeadlineState.SUPERSEDED.value)


def case_json(case: Row, clocks: Sequence[Row], services: Services, choice: Choice) -> dict[str, Any]:
    """One case with its clocks."""
    return {
        "case": case["id"],
        "kind": case["kind"],
        "title": case["title"],
        "channel": case["channel"],
        "section": case["section"] or None,
        "state": case["state"],
        "cycle": case["cycle"],
        "seq": case["seq"],
        "history": case["is_history"],
        "received_at": iso(case["received_at"]),
        "message": case["message_id"],
        "deadlines": [_clock(row, services.rule_labels, choice) for row in clocks],
    }


def dossier(connection: Connection, case: Row, services: Services) -> dict[str, Any]:
    """One case with its clocks, events, responses and signatures, all in order of time."""
    choice = Choice(services.clock.now(), services.soon)
    number = case["id"]
    clocks = case_pages.clocks_of(connection, [number], choice.as_of)[number]
    signed = acknowledgements.of_cycle(connection, number, case["cycle"])
    return {
        **case_json(case, clocks, services, choice),
        "registered_at": iso(case["registered_at"]),
        "events": [_event(row) for row in events.of_stream(connection, number)],
        "replies": [response_json(row) for row in responses.of_case(connection, number)],
        "acknowledgements": [
            {"by": row["name"], "login": row["login"], "at": iso(row["at"]), "first": row["is_first"]}
            for row in signed
        ],
    }


def response_json(row: Row) -> dict[str, Any]:
    """One reply or statement, also one that does not stand."""
    return {
        "response": row["id"],
        "kind": row["kind"],
        "text": row["text"],
        "org": row["org"],
        "at": iso(row["occurred_at"]),
        "precision": row["precision"],
        "recorded_at": iso(row["recorded_at"]),
        "cycle": row["cycle"],
        "doubtful": row["is_doubtful"],
        "confirmation": row["confirmation"],
        "withdrawn_at": iso(row["withdrawn_at"]),
        "url": row["url"],
        "publisher": row["publisher"],
        "title": row["title"],
        "copy_sha256": row["copy_sha256"],
    }


def _clock(row: Row, rule_labels: Mapping[str, str], choice: Choice) -> dict[str, Any]:
    return {
        "deadline": row["id"],
        "rule": row["rule_key"],
        "rule_label": rule_labels.get(row["rule_key"], row["rule_key"]),
        "cycle": row["cycle"],
        "anchor": row["anchor"],
        "started_at": iso(row["started_at"]),
        "due_at": iso(row["due_at"]),
        "met_at": iso(row["met_at"]),
        "holding_at": iso(row["holding_at"]),
        "state": row["state"] if row["state"] in _GONE else standing(row, choice).value,
        "status": row["status"],
        "provisional": row["is_provisional"],
        "explanation": row["explanation_id"],
    }


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "tag": row["tag"],
        "label": label(Tag(row["tag"])),
        "actor_kind": row["actor_kind"],
        "actor": row["actor"],
        "occurred_at": iso(row["occurred_at"]),
        "recorded_at": iso(row["recorded_at"]),
        # The digest of a form is ours alone.
        "facts": {name: value for name, value in row["payload"].items() if name != "request"},
    }
