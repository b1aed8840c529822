"""What a provider reports afterwards about a notice it had accepted: arrived, or not.

A report is believed only with a fresh signature under the channel's own secret; a repeated one changes
nothing, and none moves a notice backwards.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.channels.webhook import signature
from core.errors import InvalidInput, NotSignedIn
from core.vocabulary import Tag
from storage import events, notices, outbox
from storage.channels import StoredChannel
from storage.database import Connection, Row
from storage.events import Draft

FRESH = timedelta(minutes=5)
_PREFIX = "huiying-notice-"
State = Literal["sent", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One report.

    Attributes:
        key: of the notice, as it was sent out.
        reason: the provider's words for a failure; only its length is limited, it is shown as text.
    """

    key: str
    state: State
    reason: str = ""


def require_signed(stored: StoredChannel, timestamp: str, signed: str, body: bytes, now: datetime) -> None:
    """Believe a report only if the channel's provider has made it, and just now.

    Raises:
        NotSignedIn: no secret is set, the signature is not right, or it is older than `FRESH`.
    """
    secret = str(stored.settings.get("secret") or "")
    expected = f"sha256={signature(secret, timestamp, body)}"
    is_fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    is_fresh = is_fresh and abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds()
    if not secret or not is_fresh or not hmac.compare_digest(expected.encode(), signed.encode()):
        raise NotSignedIn("回执的签名无效或已过期。", mend="请核对密钥和时钟。", code="receipt.refused")


def take_receipt(connection: Connection, stored: StoredChannel, receipt: Receipt, now: datetime) -> bool:
    """Note what is reported; False when it is no news.

    A failure lets the person's next channel follow at once.

    Raises:
        InvalidInput: no notice has this key.
    """
    number = receipt.key.removeprefix(_PREFIX)
    known = number.isascii() and number.isdigit() and len(number) < 19 and receipt.key != number
    notice = notices.find(connection, int(number)) if known else None
    if notice is None:
        raise InvalidInput(
            "没有这条通知。", mend="请原样带回通知的编号。", code="receipt.unknown", field="id"
        )
    if receipt.state == "sent":
        return False
    if receipt.state == "delivered":
        return outbox.confirm_delivery(connection, notice["id"], stored.id, now)
    detail = f"对方报告未送达：{receipt.reason[:100]}"
    if not outbox.report_failure(connection, notice["id"], stored.id, detail):
        return False
    outbox.pull_forward(connection, notice["id"], now)
    _record(connection, notice, stored.id, now)
    return True


def _record(connection: Connection, notice: Row, channel_id: int, now: datetime) -> None:
    if notice["case_id"] is None:
        return
    facts = {"notice": notice["id"], "channel": channel_id, "outcome": "reported"}
    draft = Draft(notice["case_id"], Tag.NOTICE_FAILED, "system", "receipts", now, facts)
    events.append(connection, [draft], now)
