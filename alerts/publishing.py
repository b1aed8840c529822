"""The verbs that answer the public: an official statement, and a press conference, each with evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from alerts import claims
from alerts.answering import response_row
from alerts.casework import Law
from alerts.drafting import require_reviewed
from alerts.instants import instants_of
from alerts.steps import Act, Outcome, begin, happened, said
from core.errors import InvalidInput
from core.vocabulary import Command, DraftKind, ResponseKind
from storage import incidents
from storage.database import Connection
from storage.saved_copies import SavedCopy

_NAMES = {"url": "链接", "publisher": "发布单位", "title": "标题"}


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published, and the copy that proves it.

    Attributes:
        published_at: when the public could read it, or when the press conference was held.
        url, publisher, title: all three, unless the copy was uploaded.
        copy: fetched from `url` or uploaded (`alerts.evidence`); without one nothing is recorded.
        text: the words, where the office enters them.
    """

    published_at: datetime | None
    url: str = ""
    publisher: str = ""
    title: str = ""
    copy: SavedCopy | None = None
    text: str = ""


def publish(connection: Connection, case_id: int, act: Act, law: Law, given: Publication) -> Outcome:
    """登记权威发布: stops the clocks that wait for a statement, at the time it was published.

    Raises:
        InvalidInput: no time, a time in the future or before the incident, no copy, or a link without
            publisher or title. No clock stops.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    return _record(connection, case_id, act, law, given, Command.PUBLISH, ResponseKind.STATEMENT)


def hold_press_conference(
    connection: Connection, case_id: int, act: Act, law: Law, given: Publication
) -> Outcome:
    """登记新闻发布会: stops the clock of press conferences only.

    Raises:
        InvalidInput, NotFound, NotAllowed, Conflict: see `publish`.
    """
    command, kind = Command.HOLD_PRESS_CONFERENCE, ResponseKind.PRESS_CONFERENCE
    return _record(connection, case_id, act, law, given, command, kind)


def update(connection: Connection, case_id: int, act: Act, law: Law, given: Publication) -> Outcome:
    """动态发布: a further statement once the incident was answered; the wait for the next one begins anew.

    Raises:
        InvalidInput, NotFound, NotAllowed, Conflict: see `publish`.
    """
    return _record(connection, case_id, act, law, given, Command.UPDATE, ResponseKind.STATEMENT)


def rebut(connection: Connection, case_id: int, act: Act, law: Law, given: Publication) -> Outcome:
    """辟谣: says that something spread is untrue; `text` says what. The first statement is owed on.

    Raises:
        InvalidInput: it does not say what is untrue; or see `publish`.
        NotFound, NotAllowed, Conflict: see `publish`.
    """
    said(given.text, "text", "不实信息的内容")
    return _record(connection, case_id, act, law, given, Command.REBUT, ResponseKind.REBUTTAL)


def _record(
    connection: Connection,
    case_id: int,
    act: Act,
    law: Law,
    given: Publication,
    command: Command,
    kind: ResponseKind,
) -> Outcome:
    step = begin(connection, case_id, command, act, _request(given))
    if isinstance(step, Outcome):
        return step
    if command in {Command.PUBLISH, Command.UPDATE}:
        require_reviewed(step, law, DraftKind.STATEMENT, given.text)
    copy = _evidence(given)
    if given.published_at is None:
        raise InvalidInput("没有填写发布时间。", mend="请填写实际发布的时间。", field="published_at")
    since = instants_of(incidents.get(connection, case_id)).earliest
    at = happened(given.published_at, act, "published_at", since=since, since_what="事件最早已知时间")
    shown = {name: getattr(given, name).strip() for name in _NAMES}
    row = response_row(
        step, act, kind, at, text=given.text, org=given.publisher.strip(), copy=copy, shown=shown
    )
    return claims.record(step, law, row)


def _request(given: Publication) -> dict[str, object]:
    """The wish without the moment its copy was fetched, which differs when it is sent a second time."""
    request = asdict(given)
    request["copy"] = given.copy.sha256 if given.copy and given.copy.url is None else None
    return request


def _evidence(given: Publication) -> SavedCopy:
    """The copy that proves a publication.

    Raises:
        InvalidInput: there is none, or a link lacks its publisher or title.
    """
    if given.copy is None:
        raise InvalidInput(
            "没有发布凭证，不能停表。",
            mend="请填写能打开的链接，或上传留存件。",
            code="response.no_evidence",
            field="copy",
        )
    missing = [name for name in _NAMES if not getattr(given, name).strip()]
    if missing and given.copy.url is not None:
        raise InvalidInput(
            f"没有填写{'、'.join(_NAMES[name] for name in missing)}。",
            mend="请补全，或改为上传留存件。",
            code="response.no_evidence",
            field=missing[0],
        )
    return given.copy
