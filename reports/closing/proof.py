"""A report that proves itself: figures, rows, definitions, and what ties them to the audit trail, signed.

The signature is Ed25519 (RFC 8032) over the canonical JSON of everything else in the file. The public key
stands in the file; an office makes it known to its superiors once, so that nobody can sign in its place.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.clock import iso
from core.errors import InvalidInput
from reports.closing.frozen_rows import pack
from reports.figures import DEFINITIONS_VERSION
from reports.response_times import Report
from storage import cases as storage_cases
from storage.database import Connection, in_chunks

FORM = "huiying-response-times-1"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file that proves itself says.

    Attributes:
        public_key: base64; compare it with the one the office made known.
    """

    office: str
    as_of: str
    rows: int
    public_key: str


def signing_key(seed: bytes) -> Ed25519PrivateKey:
    """The office's key from 32 secret bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def proof(
    connection: Connection, report: Report, office: str, key: Ed25519PrivateKey, now: datetime
) -> dict[str, Any]:
    """The signed file for a report.

    For each case behind the report it names the end of its chain of events, so that a later change of any
    event of these cases can be shown.
    """
    cases = sorted({row.case for row in report.rows})
    heads: dict[str, dict[str, Any]] = {}
    for some in in_chunks(cases):
        heads |= {
            str(row["id"]): {"seq": row["seq"], "hash": row["chain_head"]}
            for row in storage_cases.chain_heads(connection, some)
        }
    unsigned = {
        "form": FORM,
        "office": office,
        "made_at": iso(now),
        "definitions": DEFINITIONS_VERSION,
        "report": report.as_json(),
        "rows": [row.as_json() for row in report.rows],
        "rows_sha256": pack(report.rows)[1],
        "chain_heads": heads,
        "public_key": _text(key.public_key().public_bytes_raw()),
    }
    return {**unsigned, "signature": _text(key.sign(_canonical(unsigned)))}


def verified(file: dict[str, Any]) -> Verified:
    """Check the signature of a file, and that its rows recount to its figures.

    Raises:
        InvalidInput: it is no such file, or something in it was changed.
    """
    if not isinstance(file, dict) or file.get("form") != FORM:
        raise InvalidInput("这不是本系统签出的时效报告。", mend="请检查文件。", code="proof.unknown")
    unsigned = {name: value for name, value in file.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(file["public_key"], validate=True))
        key.verify(base64.b64decode(file["signature"], validate=True), _canonical(unsigned))
        received = file["report"]["total"]["received"]
        said = Verified(file["office"], file["report"]["as_of"], len(file["rows"]), file["public_key"])
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            "签名不符：文件在签出之后被改动过，或不完整。", mend="请向出具单位重新索取。", code="proof.broken"
        ) from error
    if said.rows != received:
        raise InvalidInput("明细的件数与合计不符。", mend="请向出具单位查询。", code="proof.not_counted")
    return said


def require_ours(connection: Connection, file: dict[str, Any], key: Ed25519PrivateKey) -> None:
    """Check a verified file against this office: its key, and the events that stand behind its rows.

    Events that were added since change nothing; one that was altered or removed shows.

    Raises:
        InvalidInput: another key signed it, or the trail of a case is not what it was.
    """
    if file["public_key"] != _text(key.public_key().public_bytes_raw()):
        raise InvalidInput("这份报告不是本机签出的。", mend="请核对公钥。", code="proof.foreign")
    for case, head in sorted(file["chain_heads"].items(), key=lambda one: int(one[0])):
        if storage_cases.hash_at(connection, int(case), head["seq"]) != head["hash"]:
            raise InvalidInput(
                f"办件 {case} 的留痕与签出时不同，被改动过。",
                mend="请用 huiying audit verify 查明。",
                code="proof.trail_changed",
            )


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
