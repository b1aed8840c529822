"""The audit trail as a file that a spreadsheet opens and a program can check again. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import iso
from core.labels import label
from core.vocabulary import Tag

_HEADER = (
    "序号",
    "事项",
    "代号",
    "何人",
    "发生时间",
    "记录时间",
    "内容",
    "上一条校验值",
    "本条校验值",
)
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The events in order, UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_HEADER)
    for row in rows:
        payload = json.dumps(row["payload"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        cells = (
            row["seq"],
            label(Tag(row["tag"])),
            row["tag"],
            row["actor"],
            iso(row["occurred_at"]),
            iso(row["recorded_at"]),
            payload,
            row["prev_hash"],
            row["hash"],
        )
        table.writerow([_safe(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
