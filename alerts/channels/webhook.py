"""A signed JSON request to the office's own service."""

from __future__ import annotations

import hashlib
import hmac
import json

from alerts.channels import Outcome, Payload
from alerts.channels.answers import ANY, judged
from alerts.channels.web import WebSettings, json_headers, request
from core.clock import iso


class WebhookSettings(WebSettings):
    """Where to send and how to sign."""


class WebhookChannel:
    """Posts one request per notice; the receiver drops a repetition by its `Idempotency-Key`."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings

    def send(self, payload: Payload) -> Outcome:
        """Send once; the signature covers the time and the body."""
        body = _body(payload)
        stamp = str(int(payload.at.timestamp()))
        headers = {**json_headers(payload.key), "Huiying-Timestamp": stamp}
        if self._settings.secret is not None:
            secret = self._settings.secret.get_secret_value()
            headers["Huiying-Signature"] = f"sha256={signature(secret, stamp, body)}"
        answer = request(self._settings, headers, body)
        return answer if isinstance(answer, Outcome) else judged(answer, ANY, payload.at)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the timestamp, a full stop and the body, as the receiver must compute it."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _body(payload: Payload) -> bytes:
    facts = {
        "id": payload.key,
        "to": payload.address,
        "subject": payload.subject,
        "body": payload.body,
        "at": iso(payload.at),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
