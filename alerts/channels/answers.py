"""What an answer over the web means for a notice: by its status, and then by the body.

Chat platforms answer 200 to what they did not take; the code in the body decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from alerts.channels import Outcome
from alerts.channels.web import Answer, number_of
from core.vocabulary import DeliveryOutcome

_LONGEST_WAIT = timedelta(hours=1)
_FINE = frozenset({"0", "ok", "success", "none"})


@dataclass(frozen=True, slots=True)
class Codes:
    """The error codes of one platform, as text.

    Attributes:
        fields: where the code stands in the body, the first that is there.
        throttled: sent too fast.
        busy: the platform's own trouble; anything else that is not fine is permanent.
        wait: how long the platform stays closed after `throttled`.
        is_required: an answer without any code is not the platform's (a proxy's page, a wrong address).
        throttled_words: where one code means several things, the words of its message that mean too fast.
    """

    fields: tuple[str, ...]
    throttled: frozenset[str]
    busy: frozenset[str]
    wait: timedelta | None = None
    throttled_words: tuple[str, ...] = ()
    is_required: bool = True


# For a receiver of which nothing is known: the codes of all platforms together.
ANY = Codes(
    ("errcode", "StatusCode", "code"),
    frozenset({"45009", "130101", "410100", "11232", "9499"}),
    frozenset({"-1"}),
    is_required=False,
)


def judged(answer: Answer, codes: Codes, now: datetime) -> Outcome:
    """What an answer means.

    Args:
        now: to read a `Retry-After` that is a date.
    """
    refused = refused_by_status(answer, now)
    if refused is not None:
        return refused
    facts = json_object(answer.body)
    code = next((facts[name] for name in codes.fields if name in facts), None)
    if code is None and codes.is_required:
        return Outcome(DeliveryOutcome.TEMPORARY, "答复不是平台的答复")
    if str(code).lower() in _FINE:
        return Outcome(DeliveryOutcome.ACCEPTED, provider_id=number_of(facts, "id", "msgid"))
    return _failed(str(code), facts, codes)


def refused_by_status(answer: Answer, now: datetime) -> Outcome | None:
    """What the status alone says, or None when the body has to be asked."""
    status = answer.status
    if status in {429, 503}:
        wait = _retry_after(answer.headers, now)
        return Outcome(DeliveryOutcome.THROTTLED, f"对方要求稍后再发({status})", retry_after=wait)
    if status == 408 or status >= 500:
        return Outcome(DeliveryOutcome.TEMPORARY, f"对方出错({status})")
    if not 200 <= status < 300:
        return Outcome(DeliveryOutcome.PERMANENT, f"对方拒绝({status})")
    return None


def json_object(body: bytes) -> dict[str, Any]:
    """The object a body holds; empty when it holds none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _failed(code: str, facts: Mapping[str, Any], codes: Codes) -> Outcome:
    detail = f"对方返回错误码 {code[:20]}"
    words = str(facts.get("msg") or facts.get("errmsg") or "").lower()
    told = any(word in words for word in codes.throttled_words)
    if code in codes.throttled or told:
        return Outcome(DeliveryOutcome.THROTTLED, detail, retry_after=codes.wait)
    kind = DeliveryOutcome.TEMPORARY if code in codes.busy else DeliveryOutcome.PERMANENT
    return Outcome(kind, detail)


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110 section 10.2.3), between nothing and an hour."""
    text = headers.get("Retry-After")
    if not text:
        return None
    try:
        wait = timedelta(seconds=int(text))
    except (ValueError, OverflowError):
        try:
            then = parsedate_to_datetime(text)
        except ValueError:
            return None
        wait = (then if then.tzinfo else then.replace(tzinfo=UTC)) - now
    return max(timedelta(0), min(wait, _LONGEST_WAIT))
