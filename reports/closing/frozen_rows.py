"""The rows of a report as they are kept at a close, and their fingerprint."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.clock import iso
from core.vocabulary import DeadlineStatus, Precision
from reports.figures import CountedClock
from reports.response_times import ReportRow

_INSTANTS = ("received_at", "due_at", "met_at", "holding_at", "registered_at")
_PLAIN = ("case", "deadline", "rule", "source", "native_id", "channel", "section", "title", "working_days")


def pack(rows: Sequence[ReportRow]) -> tuple[bytes, str]:
    """The rows compressed, and the sha256 of their canonical JSON: equal rows, equal fingerprint."""
    text = json.dumps([_kept(row) for row in rows], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    plain = text.encode()
    return zlib.compress(plain), hashlib.sha256(plain).hexdigest()


def unpack(packed: bytes) -> list[ReportRow]:
    """The rows that `pack` was given."""
    return [_row(one) for one in json.loads(zlib.decompress(packed))]


def _kept(row: ReportRow) -> dict[str, Any]:
    clock = row.clock
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        **{name: iso(getattr(row, name)) for name in _INSTANTS},
        "state": row.state.value,
        "is_provisional": row.is_provisional,
        "met_precision": clock.met_precision.value if clock.met_precision else None,
        "has_holding_reply": clock.has_holding_reply,
    }


def _row(kept: dict[str, Any]) -> ReportRow:
    at = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in _INSTANTS}
    received, due, registered = at["received_at"], at["due_at"], at["registered_at"]
    if received is None or due is None or registered is None:
        raise ValueError("a kept row lacks an instant it must have")
    state = DeadlineStatus(kept["state"])
    precision = Precision(kept["met_precision"]) if kept["met_precision"] else None
    return ReportRow(
        **{name: kept[name] for name in _PLAIN},
        received_at=received,
        due_at=due,
        met_at=at["met_at"],
        holding_at=at["holding_at"],
        registered_at=registered,
        state=state,
        is_provisional=kept["is_provisional"],
        clock=CountedClock(
            status=state,
            started_at=received,
            met_at=at["met_at"],
            met_precision=precision,
            working_days=kept["working_days"],
            has_holding_reply=kept["has_holding_reply"],
        ),
    )
