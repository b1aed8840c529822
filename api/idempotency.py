"""One write, done once: a repeat under its Idempotency-Key gets the first answer and changes nothing.

The answer is kept in the transaction of the effect. An error keeps nothing: the same key may be sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.services import Services
from core.errors import Conflict
from storage import idempotency
from storage.database import Connection
from storage.idempotency import Remembered

_CHUNK = 1 << 20

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="同一次操作的标记：重发时带同一个，只办一次，答复与第一次相同。",
        min_length=1,
        max_length=120,
        pattern=r"^[\x21-\x7e]+$",
        examples=["7c9e6679-7425-40de-944b-e07fc1f90ae7"],
    ),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: a status and a JSON object."""

    status: int
    body: dict[str, Any]


async def digest_of(request: Request) -> str:
    """A short form of what is asked: method, address and the bytes of the body.

    Of a form with files its fields and contents: the body itself was read away, and its seams are random.
    """
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        for name, value in (await request.form()).multi_items():
            digest.update(f"{name}\n".encode())
            if isinstance(value, str):
                digest.update(hashlib.sha256(value.encode()).digest())
            else:
                digest.update(await _content_hash(value))
    else:
        digest.update(await request.body())
    return digest.hexdigest()


async def _content_hash(file: UploadFile) -> bytes:
    """The hash of an uploaded file, which stands at its beginning again."""
    content = hashlib.sha256()
    while chunk := await file.read(_CHUNK):
        content.update(chunk)
    await file.seek(0)
    return content.digest()


@dataclass(frozen=True, slots=True)
class Once:
    """A write on its way.

    Attributes:
        owner: who sends it; keys of different senders have nothing to do with each other.
        key: None where every sending counts.
        digest: see `digest_of`.
    """

    services: Services
    owner: str
    key: str | None
    digest: str

    def earlier(self) -> Response | None:
        """The first answer, where there is one; to be asked before something slow is prepared.

        Raises:
            Conflict: the key was used for another request.
        """
        if self.key is None:
            return None
        with self.services.database.read() as connection:
            first = idempotency.find(connection, self.owner, self.key)
        return None if first is None else self._repeated(first)

    def answer(self, effect: Callable[[Connection], Answer]) -> Response:
        """Do the effect in one transaction and answer, or give the first answer again.

        Raises:
            Conflict: the key was used for another request.
        """
        with self.services.database.write() as connection:
            if self.key is None:
                return _response(*_as_text(effect(connection)))
            now = self.services.clock.now()
            first = idempotency.claim(connection, self.owner, self.key, self.digest, now)
            if first is not None:
                return self._repeated(first)
            status, body = _as_text(effect(connection))
            idempotency.keep(connection, self.owner, self.key, status=status, body=body)
        return _response(status, body)

    def _repeated(self, first: Remembered) -> Response:
        if first.request_sha256 != self.digest:
            raise Conflict(
                "这个幂等键已经用于另一次操作。", mend="请换一个新的幂等键。", code="idempotency.reused"
            )
        return _response(first.status, first.body)


def _as_text(answer: Answer) -> tuple[int, str]:
    return answer.status, json.dumps(answer.body, ensure_ascii=False)


def _response(status: int, body: str) -> Response:
    return Response(body, status, media_type="application/json")
