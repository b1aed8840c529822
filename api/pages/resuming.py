"""What somebody had typed when their session ended: kept on the page, and offered again afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request

from api.security.addresses import safe_next

_LONGEST = 200_000
_MANY = 200
# What the page put in, not the person.
_UNSEEN = frozenset({"csrf", "seq", "cycle", "key", "next", "cursor"})
_SECRET = ("password", "repeated")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form on its way that met no session.

    Attributes:
        path: where it was sent.
        page: where it was filled in.
        fields: what it held, without the token of the old session; never a password.
        has_file: a file was chosen, which must be chosen again.
    """

    path: str
    page: str
    fields: Sequence[tuple[str, str]]
    has_file: bool

    @property
    def words(self) -> list[str]:
        """What the person typed, to be read again."""
        return [text for name, text in self.fields if name not in _UNSEEN and text.strip()]

    def as_text(self) -> str:
        """For a hidden field of the way in."""
        told = {"path": self.path, "page": self.page, "fields": self.fields, "has_file": self.has_file}
        return json.dumps(told, ensure_ascii=False)


def kept_of(request: Request, form: FormData, page: str) -> Kept | None:
    """What is worth keeping of a form; None where nothing was typed."""
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    fields = [(name, text) for name, text in texts if name != "csrf" and not _is_secret(name)]
    has_file = any(not isinstance(value, str) and value.filename for _, value in form.multi_items())
    kept = Kept(request.url.path, page, fields, has_file)
    if not (kept.words or has_file) or len(kept.as_text()) > _LONGEST or len(fields) > _MANY:
        return None
    return kept


def read_kept(text: str) -> Kept | None:
    """What the hidden field holds; None where it is empty or not of our making."""
    if not text or len(text) > _LONGEST:
        return None
    try:
        told = json.loads(text)
        fields = [(str(name), str(value)) for name, value in told["fields"]]
        path, page = safe_next(told["path"]), safe_next(told["page"])
        has_file = bool(told["has_file"])
    except (ValueError, TypeError, KeyError):
        return None
    if path != told["path"] or len(fields) > _MANY or any(name == "csrf" for name, _ in fields):
        return None
    return Kept(path, page, fields, has_file)


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRET)
