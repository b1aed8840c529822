"""Tasks and plans, opinions on decisions, and the register of policy documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from alerts.consulting import NewOpinion, add_opinions, judge_opinion
from alerts.documents import NewDocument, enter_document, link_document, repeal_document
from alerts.tasks import NewTask, open_task
from api.commands import ByPerson
from api.evidence import UPLOAD_BYTES
from api.routes.answers import BEARER, COOKIE, problems
from api.schemas.handling import OutcomeOut
from api.schemas.tasks import (
    DocumentIn,
    DocumentList,
    DocumentNumberOut,
    JudgeIn,
    LinkIn,
    OpinionIn,
    OpinionList,
    PlanIn,
    PlanOut,
    TaskIn,
    TaskList,
)
from api.security.identity import Reader, Wired, require_scope
from api.task_plans import take_plan
from api.visible import Number, get_visible_case
from core.clock import day_end, iso, parse_day
from core.vocabulary import Scope
from reports.rectified import problem_of
from storage import documents, opinions, tasks
from storage.database import Connection

router = APIRouter(tags=["任务"], dependencies=[Depends(BEARER), Depends(COOKIE)])

_Reads = Annotated[Reader, Depends(require_scope(Scope.READ))]
_REFUSALS: Any = problems(401, 403, 404, 409, 413, 422)
_COMMAND: Any = {"response_model": OutcomeOut, "responses": _REFUSALS}


def _day(text: str | None) -> date | None:
    return parse_day(text) if text else None


@router.get("/tasks", summary="任务列表", response_model=TaskList, responses=problems(401, 403, 422))
def listed(
    services: Wired,
    reader: _Reads,
    procedure: Annotated[str, Query(description="只要这一种。", max_length=40)] = "",
    limit: Annotated[int, Query(description="最多几项。", ge=1, le=2000)] = 500,
) -> dict[str, Any]:
    """Tasks with their next due time."""
    with services.database.read() as connection:
        rows = tasks.listed(connection, procedure=procedure, section=reader.sees_only, limit=limit)
    shared = ("procedure", "title", "section", "state", "plan", "number", "content", "leader", "problem")
    return {
        "items": [
            {"case": row["case_id"], "due_at": iso(row["due_at"]), **{name: row[name] for name in shared}}
            for row in rows
        ]
    }


@router.post("/tasks", summary="新建任务", **_COMMAND)
def create(sent: ByPerson, given: TaskIn) -> Response:
    """A task with its clocks; `case` is its number."""
    if given.problem:
        problem_of(given.problem)
    due_on = _day(given.due_on)
    new = NewTask(
        given.procedure,
        given.title,
        given.section,
        content=given.content,
        leader=given.leader,
        planned_on=_day(given.planned_on),
        due_at=day_end(due_on) if due_on else None,
        problem=given.problem,
    )
    act, law = sent.act(), sent.services.law
    return sent.give(lambda connection: open_task(connection, act, law, new))


@router.post(
    "/tasks/plan",
    summary="导入任务分解表",
    response_model=PlanOut,
    responses=_REFUSALS,
    max_body_size=UPLOAD_BYTES,
)
def plan(sent: ByPerson, given: PlanIn) -> Response:
    """Each row that can be kept to becomes a task; the others are kept with their reasons."""
    earlier = sent.once.earlier()
    if earlier is not None:
        return earlier
    told = take_plan(
        sent.services,
        sent.act(),
        title=given.title,
        printed_on=parse_day(given.printed_on),
        content=given.content,
        dry_run=given.dry_run,
    )
    return sent.answer(lambda _connection: told)


@router.get(
    "/cases/{case_id}/opinions",
    summary="征集到的意见",
    response_model=OpinionList,
    responses=problems(401, 403, 404, 422),
)
def opinions_of(services: Wired, reader: _Reads, case_id: Number) -> dict[str, Any]:
    """What was said to a draft decision, and what became of it."""
    with services.database.read() as connection:
        get_visible_case(connection, case_id, reader.sees_only)
        rows = opinions.of_case(connection, case_id)
    return {
        "items": [
            {
                "opinion": row["id"],
                "author": row["author"],
                "text": row["text"],
                "received_on": row["received_on"].isoformat(),
                "verdict": row["verdict"],
                "reason": row["reason"],
            }
            for row in rows
        ]
    }


@router.post("/cases/{case_id}/opinions", summary="登记意见", **_COMMAND)
def add_opinion(sent: ByPerson, case_id: Number, given: OpinionIn) -> Response:
    """Enter an opinion on a draft decision."""
    act, redactor = sent.act(given.seq), sent.services.redactor
    new = [NewOpinion(given.text, given.author, _day(given.received_on))]
    return sent.give(lambda connection: add_opinions(connection, case_id, act, redactor, new))


@router.post("/cases/{case_id}/opinions/{opinion_id}", summary="写明意见采纳与否", **_COMMAND)
def judge(sent: ByPerson, case_id: Number, opinion_id: Number, given: JudgeIn) -> Response:
    """Adopted or not, and why."""
    act = sent.act(given.seq)
    return sent.give(
        lambda connection: judge_opinion(
            connection, case_id, act, opinion_id=opinion_id, verdict=given.verdict, reason=given.reason
        )
    )


@router.get("/documents", summary="政策文件", response_model=DocumentList, responses=problems(401, 403))
def register(services: Wired, _reader: _Reads) -> dict[str, Any]:
    """The register of policy documents with their drafting sections."""
    with services.database.read() as connection:
        rows = documents.listed(connection)
    return {
        "items": [
            {
                "document": row["id"],
                "issued_on": row["issued_on"].isoformat() if row["issued_on"] else None,
                "repealed_at": iso(row["repealed_at"]),
                **{name: row[name] for name in ("title", "number", "section", "url", "asked")},
            }
            for row in rows
        ]
    }


@router.post("/documents", summary="登记政策文件", response_model=DocumentNumberOut, responses=_REFUSALS)
def enter(sent: ByPerson, given: DocumentIn) -> Response:
    """Its drafting section gets the questions on it from now on."""
    act = sent.act()
    new = NewDocument(given.title, given.section, given.number, _day(given.issued_on), given.url)

    def effect(connection: Connection) -> dict[str, Any]:
        return {"document": enter_document(connection, act, new)}

    return sent.answer(effect)


@router.post(
    "/documents/{document_id}/repeal",
    summary="文件废止",
    response_model=DocumentNumberOut,
    responses=_REFUSALS,
)
def repeal(sent: ByPerson, document_id: Number) -> Response:
    """No question goes to its drafting section by itself any more."""
    act = sent.act()

    def effect(connection: Connection) -> dict[str, Any]:
        repeal_document(connection, act, document_id)
        return {"document": document_id}

    return sent.answer(effect)


@router.post("/cases/{case_id}/link-document", summary="关联政策文件", **_COMMAND)
def link(sent: ByPerson, case_id: Number, given: LinkIn) -> Response:
    """The drafting section of the document becomes responsible; the clocks run on."""
    act = sent.act(given.seq)
    return sent.give(lambda connection: link_document(connection, case_id, act, document_id=given.document))
