"""任务: what plans, decisions and activities of the office owe, next due first; new ones and whole plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from alerts.steps import Act
from alerts.tasks import OPENERS, NewTask, open_task
from alerts.workflow import ANSWERED
from api.pages.contexts import Option
from api.pages.given import Given, Typed
from api.pages.rendering import render
from api.pages.task_contexts import PlanLine, TaskLine, TasksPage
from api.pages.verbs import actor_of
from api.pages.wording import countdown
from api.problems import problem_of
from api.security.identity import Person, SignedIn, Wired, form_sender
from api.services import Services
from api.task_plans import take_plan
from core.clock import day_end, parse_day
from core.errors import Conflict, HuiyingError, InvalidInput, NotAllowed
from core.vocabulary import CaseKind, CaseState
from reports.rectified import problem_of as concentrated_problem
from storage import plan_rejects, sections, tasks
from storage.database import Connection, Row

router = APIRouter()

OVER = ANSWERED | {CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED}
_PATH = "/tasks"
_UPLOAD_BYTES = 8 << 20
_SHOWN = 500
_FIELDS = ("procedure", "title", "section", "content", "leader", "planned_on", "due_on", "problem")
_PLAN_FIELDS = ("plan", "printed_on")
_Sender = Annotated[Person, Depends(form_sender)]


@router.get(_PATH)
def show(request: Request, services: Wired, person: SignedIn, done: str = "") -> Response:
    """The list, and for the desk the forms."""
    words = "已新建任务" if done == "task" else None
    return render(request, "tasks.html", _page(services, person, done=words))


@router.post(_PATH)
def create(request: Request, services: Wired, person: _Sender, _signed: SignedIn, given: Typed) -> Response:
    """A new task; what was typed survives a refusal."""
    act = Act(actor_of(person), services.clock.now(), None, given.key)
    try:
        new = _task(given)
        with services.database.write() as connection:
            opened = open_task(connection, act, services.law, new)
    except (InvalidInput, Conflict, NotAllowed) as error:
        return _refused(request, services, person, given, error)
    return RedirectResponse(f"/cases/{opened.case_id}", 303)


@router.post(f"{_PATH}/plan", max_body_size=_UPLOAD_BYTES)
def plan(request: Request, services: Wired, person: _Sender, _signed: SignedIn, given: Typed) -> Response:
    """A plan's table: tried out first, or entered."""
    act = Act(actor_of(person), services.clock.now(), None, given.key)
    try:
        if given.upload is None:
            raise InvalidInput("没有选择文件。", mend="请选择任务分解表（xlsx）。", field="copy")
        told = take_plan(
            services,
            act,
            title=given["plan"],
            printed_on=_day(given, "printed_on") or date.min,
            content=given.upload.body,
            dry_run=given["dry_run"] == "true",
        )
    except HuiyingError as error:
        return _refused(request, services, person, given, error, is_plan=True)
    return render(request, "tasks.html", _page(services, person, given=given, tried=told))


def _task(given: Given) -> NewTask:
    due_on = _day(given, "due_on")
    if given["problem"].strip():
        concentrated_problem(given["problem"].strip())
    return NewTask(
        given["procedure"],
        given["title"],
        given["section"],
        content=given["content"],
        leader=given["leader"],
        planned_on=_day(given, "planned_on"),
        due_at=day_end(due_on) if due_on else None,
        problem=given["problem"].strip() or None,
    )


def _day(given: Given, name: str) -> date | None:
    if not given[name].strip():
        if name == "printed_on":
            raise InvalidInput("没有填写印发日期。", mend="请填写印发日期。", field=name)
        return None
    return parse_day(given[name].strip())


def _refused(
    request: Request,
    services: Services,
    person: Person,
    given: Given,
    error: HuiyingError,
    *,
    is_plan: bool = False,
) -> Response:
    field = error.field if isinstance(error, InvalidInput) else None
    page = _page(
        services,
        person,
        given=given,
        error=f"{error.message}{error.mend}",
        error_field=field,
        is_plan=is_plan,
    )
    return render(request, "tasks.html", page, status=problem_of(error).status)


def _page(
    services: Services,
    person: Person,
    *,
    given: Given | None = None,
    tried: Mapping[str, Any] | None = None,
    done: str | None = None,
    error: str | None = None,
    error_field: str | None = None,
    is_plan: bool = False,
) -> TasksPage:
    typed = {name: given[name] if given is not None else "" for name in (*_FIELDS, *_PLAN_FIELDS)}
    with services.database.read() as connection:
        rows = tasks.listed(connection, section=person.sees_only, limit=_SHOWN)
        lines = [_line(services, row) for row in rows]
        names = sections.names(connection)
        plans = _plans(connection) if person.sees_only is None else []
    own = [one for one in services.law.procedures.all if one.kinds == (CaseKind.TASK,)]
    return TasksPage(
        tasks=lines,
        plans=plans,
        counts=Counter(line.state for line in lines),
        kinds=[
            Option("", "请选择", False),
            *(Option(one.key, one.label, one.key == typed["procedure"]) for one in own),
        ],
        sections=[
            Option("", "请选择", False),
            *(Option(key, name, key == typed["section"]) for key, name in names.items()),
        ],
        may_enter=person.role in OPENERS,
        typed=typed,
        tried=tried,
        done=done,
        error=error,
        error_field=error_field,
        is_plan=is_plan,
    )


def _plans(connection: Connection) -> list[PlanLine]:
    return [
        PlanLine(row["title"], row["printed_on"], row["total"], plan_rejects.of_plan(connection, row["id"]))
        for row in tasks.plans(connection)
    ]


def _line(services: Services, row: Row) -> TaskLine:
    now, due_at = services.clock.now(), row["due_at"]
    procedure = services.law.procedures.named(row["procedure"])
    state = "done" if CaseState(row["state"]) in OVER else "later"
    if due_at is not None:
        state = "overdue" if due_at < now else "due_soon" if due_at <= now + services.soon else "later"
    return TaskLine(
        href=f"/cases/{row['case_id']}",
        title=row["title"],
        number=row["number"] or "",
        kind=procedure.label if procedure else row["procedure"],
        plan=row["plan"] or "",
        section=row["section"],
        case_state=CaseState(row["state"]),
        due_at=due_at,
        state=state,
        countdown=countdown(due_at, now) if due_at is not None else "",
    )
