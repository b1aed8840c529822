"""A push that its sender signed: whose it is, and that it is what they sent, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from api.security.identity import Wired
from api.security.signatures import require_recent, require_signed, signature_refused
from api.sending import seal_of
from api.services import Services
from core.errors import InvalidInput
from storage import senders
from storage.database import Row

_LONGEST_ID = 120
_LONGEST_NUMBER = 18
_Text = Annotated[str, Header(max_length=2000)]


@dataclass(frozen=True, slots=True)
class SignedSender:
    """The system that signed the push.

    Attributes:
        source: the only source it may push to.
        message_id: the sender's number of this push; a repeat has the same one.
    """

    id: int
    name: str
    source: str
    message_id: str

    @property
    def owner(self) -> str:
        """Under which name its pushes are told apart and counted."""
        return f"sender/{self.id}"


async def _signed_body(request: Request) -> bytes:
    return await request.body() if "webhook-signature" in request.headers else b""


def signed_sender(
    services: Wired,
    body: Annotated[bytes, Depends(_signed_body)],
    webhook_signature: _Text = "",
    webhook_sender: _Text = "",
    webhook_id: _Text = "",
    webhook_timestamp: _Text = "",
) -> SignedSender | None:
    """Who signed the request; None where it carries no signature.

    Raises:
        NotAllowed: the sender is unknown or ended, the signature is wrong or too old.
        InvalidInput: the push has no number.
    """
    if not webhook_signature:
        return None
    row = _row(services, webhook_sender)
    if row is None:
        raise signature_refused()
    secret = seal_of(services).open(row["sealed_secret"]).decode()
    require_signed(webhook_signature, secret, webhook_id, webhook_timestamp, body)
    require_recent(webhook_timestamp, services.clock.now())
    is_plain = webhook_id.isascii() and webhook_id.isprintable() and " " not in webhook_id
    if not webhook_id or len(webhook_id) > _LONGEST_ID or not is_plain:
        raise InvalidInput(
            "推送没有可用的编号。",
            mend="请在 webhook-id 中给每次推送一个不超过120个字符的编号，重发时不变。",
            field="webhook-id",
        )
    sender = SignedSender(row["id"], row["name"], row["source_key"], webhook_id)
    limit = services.settings.server.requests_per_minute
    services.rate.spend(services.database, sender.owner, limit, services.clock.now())
    return sender


def _row(services: Services, number: str) -> Row | None:
    if not (number.isascii() and number.isdecimal()) or len(number) > _LONGEST_NUMBER:
        return None
    with services.database.read() as connection:
        return senders.find(connection, int(number))


Signed = Annotated[SignedSender | None, Depends(signed_sender)]
