"""交办单、督办单: one case, handed to a section on paper."""

from __future__ import annotations

from core.labels import label
from core.vocabulary import Channel, DeadlineState, DeadlineStatus, PaperKind
from reports.papers.lists import due_text, instant_text
from reports.papers.paper import Block, Grid, Heading, Paper, Paragraph
from reports.papers.scope import Desk
from reports.response_times import NO_SECTION
from storage import case_pages, cases, messages, responses, sections
from storage.database import Connection, Row

_OWED = (DeadlineState.RUNNING.value, DeadlineState.PAUSED.value)


def assignment_order(connection: Connection, case_id: int, desk: Desk) -> Paper:
    """交办单: what the citizen wrote, by when it must be answered and under which clause.

    Raises:
        NotFound: no such case.
    """
    blocks = [*_matter(connection, case_id), *_limits(connection, case_id, desk), *_return_slip()]
    return _paper(connection, PaperKind.ASSIGNMENT_ORDER, case_id, desk, blocks)


def supervision_paper(connection: Connection, case_id: int, desk: Desk) -> Paper:
    """督办单: the same for a case whose answer is owed, with what was done so far.

    Raises:
        NotFound: no such case.
    """
    demand = Paragraph(
        ("请于签收后立即办理，并将办理情况书面报送；不能按期办结的，说明原因和预计办结时间。",)
    )
    blocks = [
        *_matter(connection, case_id),
        *_limits(connection, case_id, desk),
        *_done_so_far(connection, case_id),
        Heading("督办要求"),
        demand,
        *_return_slip(),
    ]
    return _paper(connection, PaperKind.SUPERVISION_PAPER, case_id, desk, blocks)


def _paper(connection: Connection, kind: PaperKind, case_id: int, desk: Desk, blocks: list[Block]) -> Paper:
    case = cases.get(connection, case_id)
    names = sections.names(connection)
    return Paper(
        kind=kind,
        title=f"{label(kind)}（办件{case_id}）",
        issuer=desk.issuer,
        period=f"截至{instant_text(desk.as_of)}",
        as_of=desk.as_of,
        blocks=tuple(blocks),
        appendices=(),
        addressee=names.get(case["section"], case["section"]) or NO_SECTION,
    )


def _matter(connection: Connection, case_id: int) -> list[Block]:
    case = cases.get(connection, case_id)
    lines: list[tuple[str, ...]] = [
        ("渠道", label(Channel(case["channel"]))),
        ("收到", instant_text(case["received_at"])),
        ("标题", case["title"]),
    ]
    message = _message(connection, case)
    if message is not None:
        lines.insert(0, ("来源编号", message["native_id"]))
    body = message["body"] if message is not None else ""
    text = [Paragraph((line,)) for line in body.splitlines() if line.strip()]
    return [Heading("事项"), Grid("事项", ("项目", "内容"), tuple(lines)), *text]


def _message(connection: Connection, case: Row) -> Row | None:
    return None if case["message_id"] is None else messages.get(connection, case["message_id"])


def _limits(connection: Connection, case_id: int, desk: Desk) -> list[Block]:
    rows = case_pages.clocks_of(connection, [case_id], desk.as_of)[case_id]
    owed = [row for row in rows if row["state"] in _OWED]
    heading = Heading("时限")
    if not owed:
        return [heading, Paragraph(("没有在走的时限。",))]
    lines = tuple(
        (
            desk.rules.get(row["rule_key"], row["rule_key"]) + ("（暂定）" if row["is_provisional"] else ""),
            due_text(row["due_at"]),
            label(DeadlineStatus(row["status"])),
        )
        for row in owed
    )
    return [heading, Grid("时限", ("时限", "截止", "状态"), lines)]


def _done_so_far(connection: Connection, case_id: int) -> list[Block]:
    standing = [row for row in responses.of_case(connection, case_id) if row["withdrawn_at"] is None]
    heading = Heading("此前答复")
    if not standing:
        return [heading, Paragraph(("还没有任何答复。",))]
    return [
        heading,
        *(
            Paragraph((f"{instant_text(row['occurred_at'])} {row['text'] or row['title'] or ''}",))
            for row in standing
        ),
    ]


def _return_slip() -> list[Block]:
    blank = "　" * 12
    names = ("签收人", "签收时间", "办理情况", "承办人", "科室负责人")
    return [Grid("回执", ("项目", "填写"), tuple((name, blank) for name in names))]
