"""政策文件: the register of what the office issued; the drafting section answers the questions on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alerts.actors import Actor
from alerts.steps import Act, Outcome, begin, said
from alerts.tasks import OPENERS
from core.clock import local_day
from core.errors import Conflict, InvalidInput, NotAllowed
from core.labels import label
from core.vocabulary import CaseState, Command, Tag
from storage import documents, events, sections
from storage.database import Connection
from storage.events import OFFICE_STREAM, Draft

_UNASSIGNED = frozenset({CaseState.NEW.value, CaseState.SENT_BACK.value})


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as somebody enters it; `section` is the key of the section that drafted it."""

    title: str
    section: str
    number: str = ""
    issued_on: date | None = None
    url: str = ""


def enter_document(connection: Connection, act: Act, new: NewDocument) -> int:
    """Enter a document into the register; its number.

    Raises:
        InvalidInput: no title, an unknown section, or a day that lies ahead.
        Conflict: a document of this title stands there already.
        NotAllowed: the actor's role keeps no register.
    """
    _require_keeper(act.actor)
    title = said(new.title, "title", "文件名称").strip("《》")
    if new.section not in sections.names(connection):
        raise InvalidInput(f"没有科室“{new.section}”。", mend="请从科室表中选择。", field="section")
    if new.issued_on is not None and new.issued_on > local_day(act.now):
        raise InvalidInput("印发日期还没有到。", mend="请核对印发日期。", field="issued_on")
    if documents.find(connection, title) is not None:
        raise Conflict(f"《{title}》已经登记。", mend="请在表中查看。", code="document.exists")
    row = {
        "title": title,
        "number": new.number.strip(),
        "section": new.section,
        "issued_on": new.issued_on,
        "url": new.url.strip() or None,
        "entered_at": act.now,
    }
    number = documents.add(connection, row)
    _tell(connection, act, {"document": number, "title": title, "section": new.section})
    return number


def repeal_document(connection: Connection, act: Act, document_id: int) -> None:
    """废止: questions that come from now on are not handed to its drafting section by themselves.

    Raises:
        NotFound: no such document.
        NotAllowed: see `enter_document`.
    """
    _require_keeper(act.actor)
    row = documents.get(connection, document_id)
    documents.repeal(connection, document_id, act.now)
    _tell(connection, act, {"document": document_id, "title": row["title"], "repealed": True})


def link_document(connection: Connection, case_id: int, act: Act, *, document_id: int) -> Outcome:
    """关联政策文件: the case asks about this document, and its drafting section becomes responsible.

    The clocks run on from where they started.

    Raises:
        NotFound: no such document; or see `alerts.steps.begin`.
        NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.LINK_DOCUMENT, act, {"document": document_id})
    if isinstance(step, Outcome):
        return step
    row = documents.get(connection, document_id)
    documents.link(connection, case_id, document_id, act.now)
    is_waiting = step.case["state"] in _UNASSIGNED or step.case["section"] != row["section"]
    facts = {"document": document_id, "title": row["title"], "was": step.case["section"]}
    return step.finish(
        {**facts, "section": row["section"]},
        to=CaseState.ASSIGNED if is_waiting else None,
        section=row["section"],
    )


def _require_keeper(actor: Actor) -> None:
    if actor.role not in OPENERS:
        names = "、".join(label(role) for role in OPENERS)
        raise NotAllowed("您的岗位不登记政策文件。", mend=f"请由{names}登记。", code="role.refused")


def _tell(connection: Connection, act: Act, facts: dict[str, object]) -> None:
    draft = Draft(
        OFFICE_STREAM,
        Tag.DOCUMENT_ENTERED,
        act.actor.kind,
        act.actor.name,
        act.now,
        facts,
        act.idempotency_key,
    )
    events.append(connection, [draft], act.now)
