"""The random words that open a session or an interface, and the hash that SQL keeps of them."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def new_secret() -> str:
    """43 characters with 256 random bits, safe in a cookie, a header and a form."""
    return secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """Hex SHA-256. The secret is random and long, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how far they agree."""
    return secrets.compare_digest(left.encode(), right.encode())
