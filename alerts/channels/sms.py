"""Short messages through the office's own HTTP gateway, whose request and answer are described by a template.

A gateway has no standard: the administrator writes the request once, with places for the number and the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from alerts.channels import Outcome, Payload
from alerts.channels.answers import json_object, refused_by_status
from alerts.channels.robots import MOBILE
from alerts.channels.texts import cut
from alerts.channels.web import Answer, WebSettings, number_of, request
from core.vocabulary import DeliveryOutcome

_PLACE = re.compile(r"\{(phone|text|key|secret)\}")
_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
}


class SmsSettings(WebSettings):
    """The gateway's request and answer.

    Attributes:
        template: the body (with GET: the query), with `{phone}`, `{text}`, `{key}` and `{secret}`; a value is
            written as `format` needs it. Every answer without the sign of success is a failure.
        success_field: a path into the answer's JSON (`data.code`); empty: any 2xx will do.
        success_value: what stands there on success, as text.
        throttled_values, busy_values: what stands there when sent too fast, or when the gateway has trouble.
        id_field: where the gateway's number of the message stands.
        text_bytes: the longest text.
    """

    method: Literal["POST", "GET"] = "POST"
    format: Literal["json", "form"] = "json"
    template: str = Field('{"phone":"{phone}","content":"{text}","id":"{key}"}', max_length=2000)
    success_field: str = "code"
    success_value: str = "0"
    throttled_values: tuple[str, ...] = ()
    busy_values: tuple[str, ...] = ()
    id_field: str = "id"
    text_bytes: int = Field(210, ge=60, le=2000)

    @field_validator("template")
    @classmethod
    def _has_its_places(cls, value: str) -> str:
        if not {"phone", "text"} <= set(_PLACE.findall(value)):
            raise ValueError("模板要有 {phone} 和 {text}")
        return value

    @model_validator(mode="after")
    def _is_json(self) -> SmsSettings:
        if self.format == "json" and self.method == "POST":
            try:
                json.loads(_PLACE.sub("x", self.template))
            except ValueError:
                raise ValueError("模板不是合法的 JSON") from None
        return self


class SmsChannel:
    """Sends one message per notice to a mobile number."""

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings

    def send(self, payload: Payload) -> Outcome:
        """Send once; a number that is no mobile number is never handed over."""
        given = self._settings
        if not MOBILE.fullmatch(payload.address):
            return Outcome(DeliveryOutcome.PERMANENT, "不是手机号码")
        filled = self._filled(payload)
        if given.method == "GET":
            joint = "&" if "?" in given.url else "?"
            answer = request(given, {}, b"", method="GET", url=f"{given.url}{joint}{filled}")
        else:
            headers = {"Content-Type": _TYPES[given.format], "Idempotency-Key": payload.key}
            answer = request(given, headers, filled.encode())
        return answer if isinstance(answer, Outcome) else self._judged(answer, payload)

    def _filled(self, payload: Payload) -> str:
        given = self._settings
        secret = given.secret.get_secret_value() if given.secret else ""
        text = cut(f"{payload.subject} {payload.body}".replace("\n", " "), given.text_bytes)
        values = {"phone": payload.address, "text": text, "key": payload.key, "secret": secret}
        plain = given.format == "form" or given.method == "GET"
        return _PLACE.sub(lambda place: _written(values[place[1]], plain=plain), given.template)

    def _judged(self, answer: Answer, payload: Payload) -> Outcome:
        refused = refused_by_status(answer, payload.at)
        if refused is not None:
            return refused
        given = self._settings
        facts = json_object(answer.body)
        number = number_of({"id": _at(facts, given.id_field)}, "id")
        if not given.success_field:
            return Outcome(DeliveryOutcome.ACCEPTED, provider_id=number)
        code = _at(facts, given.success_field)
        if code is None:
            return Outcome(DeliveryOutcome.PERMANENT, "答复中没有约定的结果字段")
        text = str(code)
        if text == given.success_value:
            return Outcome(DeliveryOutcome.ACCEPTED, provider_id=number)
        kind = DeliveryOutcome.PERMANENT
        if text in given.throttled_values:
            kind = DeliveryOutcome.THROTTLED
        elif text in given.busy_values:
            kind = DeliveryOutcome.TEMPORARY
        return Outcome(kind, f"对方返回 {text[:20]}")


def _written(value: str, *, plain: bool) -> str:
    return quote(value, safe="") if plain else json.dumps(value, ensure_ascii=False)[1:-1]


def _at(facts: Mapping[str, Any], path: str) -> object:
    value: object = facts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
