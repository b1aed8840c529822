"""Receipts: a provider reports whether a notice arrived. Signed with the channel's secret, no sign-in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import Field

from alerts.receipts import Receipt, require_signed, take_receipt
from api.routes.answers import problems
from api.schemas.shapes import Shape
from api.security.identity import Wired
from api.sending import seal_of
from core.errors import NotSignedIn
from storage import channels

router = APIRouter(tags=["通知渠道"])


class ReceiptIn(Shape):
    """One report."""

    id: str = Field(max_length=80, description="发出时所带的编号。", examples=["huiying-notice-7"])
    state: Literal["sent", "delivered", "failed"]
    reason: str = Field("", max_length=500)


class ReceiptOut(Shape):
    """Whether the report was news."""

    changed: bool


async def raw_body(request: Request) -> bytes:
    """The bytes that were signed."""
    return await request.body()


@router.post(
    "/receipts/{channel}", summary="送达回执", response_model=ReceiptOut, responses=problems(401, 422)
)
def receive(
    services: Wired,
    channel: Annotated[str, Path(max_length=60, examples=["短信"])],
    given: ReceiptIn,
    body: Annotated[bytes, Depends(raw_body)],
    timestamp: Annotated[str, Header(alias="Huiying-Timestamp", max_length=20)] = "",
    signed: Annotated[str, Header(alias="Huiying-Signature", max_length=100)] = "",
) -> dict[str, Any]:
    """Take a report under the signature with which we sign what we send."""
    now = services.clock.now()
    with services.database.read() as connection:
        stored = {one.key: one for one in channels.stored(connection, seal_of(services))}.get(channel)
    if stored is None:
        # The same answer as to a bad signature: a stranger does not learn which channels there are.
        raise NotSignedIn("回执的签名无效或已过期。", mend="请核对密钥和时钟。", code="receipt.refused")
    require_signed(stored, timestamp, signed, body, now)
    with services.database.write() as connection:
        receipt = Receipt(given.id, given.state, given.reason)
        return {"changed": take_receipt(connection, stored, receipt, now)}
