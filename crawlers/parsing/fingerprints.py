"""Hashes that say "the same message" and "the same content"."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC

from core.model import ReplyRecord

# Clean text holds no control characters, so that this one keeps the parts apart.
_APART = "\x1f"


def content_hash(
    title: str, body: str, *, status: str, replies: Sequence[ReplyRecord] = (), limit: str = ""
) -> str:
    """Hex sha256 of what a reader would see change.

    Args:
        title, body: clean, masked text.
        status: the source's own word.
        replies: in the order of the source.
        limit: the limit printed on the order, as ISO day or instant or amount and unit.
    """
    parts = [title, body, status, limit]
    for reply in replies:
        parts += (reply.text, reply.at.astimezone(UTC).isoformat() if reply.at else "")
    return _sha256(parts)


def derived_id(channel: str, time: str, title: str, body: str) -> str:
    """Hex sha256 that stands for the number a source did not give."""
    return _sha256([channel, time, title, body])


def _sha256(parts: Sequence[str]) -> str:
    # Lone surrogates come from damaged files; they must not stop the row.
    return hashlib.sha256(_APART.join(parts).encode("utf-8", "surrogatepass")).hexdigest()
