"""The forms that move clocks, and that make one case of two or two of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.notices import due_text
from alerts.owed import rule_of
from api.pages.form_parts import Field, Form, More
from api.services import Services
from core.labels import label
from core.vocabulary import CaseKind, Channel, Command, DeadlineState, ExtensionState
from storage import deadlines, extensions, incidents
from storage.database import Connection, Row

_REASON = Field("reason", "理由", "text")

TIMING_FORMS: Mapping[Command, Form] = {
    Command.PAUSE: Form(
        "暂停期间不计时；只有规定允许暂停的时限才会停。",
        (Field("authority", "依据的文书", hint="名称或文号，例如征求第三方意见函。"), _REASON),
    ),
    Command.RESUME: Form("从现在起继续计时，暂停的日子不计入。", (_REASON,)),
    Command.EXTEND: Form(
        "批准以后才延长；此前按原期限计时。", (Field("deadline", "时限", "choice"), _REASON)
    ),
    Command.GRANT_EXTENSION: Form(
        "批准后按规定延长，并重排提醒。", (Field("extension", "延期申请", "choice"),)
    ),
    Command.REFUSE_EXTENSION: Form(
        "不批准；按原期限计时。", (Field("extension", "延期申请", "choice"), _REASON)
    ),
    Command.MERGE: Form(
        "本件并入另一件，时限从两件中较早的时刻起算；两件的经过都保留。",
        (Field("into", "并入的编号", hint="另一件的编号，只写数字。"), _REASON),
    ),
    Command.SPLIT: Form(
        "选出的来文另立一个事件，时限从它们自己的时刻起算。",
        (Field("messages", "拆出的来文", "checks"), Field("title", "新事件的标题"), _REASON),
    ),
}


def timing_choices(connection: Connection, services: Services, case: Row) -> More:
    """The clocks, requests and voices that these forms let a person choose from."""
    live = deadlines.live(connection, case["id"])
    asked = extensions.of_case(connection, case["id"])
    open_requests = [row for row in asked if row["state"] == ExtensionState.ASKED.value]
    extendable = {
        str(row["id"]): f"{rule_of(services.law, row).label}（{due_text(row['due_at'])}截止）"
        for row in live
        if row["state"] == DeadlineState.RUNNING.value and rule_of(services.law, row).extension is not None
    }
    voices = _voices(connection, case)
    return More(
        {
            "deadline": {"": "请选择", **extendable},
            "extension": {str(row["id"]): _request(row) for row in open_requests},
            "messages": voices,
        },
        _pointless(services, live, extendable, open_requests, voices),
    )


def _pointless(
    services: Services,
    live: Sequence[Row],
    extendable: Mapping[str, str],
    requests: Sequence[Row],
    voices: Mapping[str, str],
) -> frozenset[Command]:
    running = [row for row in live if row["state"] == DeadlineState.RUNNING.value]
    useful = {
        Command.PAUSE: any(rule_of(services.law, row).pausable for row in running),
        Command.RESUME: any(row["state"] == DeadlineState.PAUSED.value for row in live),
        Command.EXTEND: bool(extendable),
        Command.GRANT_EXTENSION: bool(requests),
        Command.REFUSE_EXTENSION: bool(requests),
        Command.SPLIT: len(voices) > 1,
    }
    return frozenset(command for command, is_useful in useful.items() if not is_useful)


def _request(row: Row) -> str:
    return f"{row['name']}申请延长{row['amount']}：{row['reason']}"


def _voices(connection: Connection, case: Row) -> dict[str, str]:
    if case["kind"] != CaseKind.INCIDENT.value:
        return {}
    rows = incidents.voices(connection, [case["id"]])[case["id"]]
    return {str(row["message_id"]): f"{label(Channel(row['channel']))} {row['title']}" for row in rows}
