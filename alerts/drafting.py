"""起草与审核: a reply or a statement is written by one person and looked at by others before it goes out.

A draft stops no clock. Its steps are copied when it is written, so that a later change of the rules leaves it
alone; every step is another person's.
"""

from __future__ import annotations

from alerts.casework import Law
from alerts.steps import Act, Outcome, Step, begin, said
from core.errors import Conflict, NotAllowed, NotFound
from core.labels import label
from core.vocabulary import CaseKind, Command, DraftKind, DraftState, ReviewVerdict, Role, Tag
from storage import drafts
from storage.database import Connection, Row


def write_draft(
    connection: Connection, case_id: int, act: Act, law: Law, *, text: str, title: str = ""
) -> Outcome:
    """起草: a draft in place of one of the case that has not gone out yet.

    Returns:
        facts: `draft`, its number, and `next`, the name of the first step; empty where none is set.

    Raises:
        InvalidInput: no text.
        NotFound, NotAllowed, Conflict: see `alerts.steps.begin`.
    """
    step = begin(connection, case_id, Command.DRAFT, act, {"text": text, "title": title})
    if isinstance(step, Outcome):
        return step
    kind = kind_of(step.case)
    steps = [one.model_dump(mode="json") for one in law.review.of(kind).steps]
    number = drafts.write(
        connection,
        case_id=case_id,
        cycle=step.case["cycle"],
        kind=kind,
        title=title.strip(),
        text=said(text, "text", "稿件内容"),
        author_id=_person(step),
        steps=steps,
        state=DraftState.IN_REVIEW if steps else DraftState.APPROVED,
        at=act.now,
    )
    return step.finish({"draft": number, "next": steps[0]["name"] if steps else ""})


def review_draft(
    connection: Connection, case_id: int, act: Act, *, draft_id: int, verdict: ReviewVerdict, note: str = ""
) -> Outcome:
    """审核: the next step of a draft is passed, or the draft goes back to its author with a note.

    Returns:
        facts: `step`, its name, and `state` of the draft afterwards.

    Raises:
        InvalidInput: sent back without a note.
        NotAllowed: the step is another role's; or the actor wrote the draft or gave an earlier review.
        Conflict: the draft does not wait for a review.
        NotFound: the case has no such draft; or see `alerts.steps.begin`.
    """
    request = {"draft": draft_id, "verdict": verdict, "note": note}
    step = begin(connection, case_id, Command.REVIEW, act, request)
    if isinstance(step, Outcome):
        return step
    draft = _draft(step, draft_id)
    given = drafts.reviews(connection, draft_id)
    wanted = draft["steps"][len(given)]
    _require_other(step, draft, [row["person_id"] for row in given], wanted)
    passed = verdict is ReviewVerdict.PASSED
    why = note.strip() if passed else said(note, "note", "退改意见")
    is_last = len(given) + 1 == len(draft["steps"])
    state = DraftState.SENT_BACK if not passed else DraftState.APPROVED if is_last else DraftState.IN_REVIEW
    drafts.review(
        connection,
        draft_id,
        n=len(given) + 1,
        person_id=_person(step),
        verdict=verdict,
        note=why,
        state=state,
        at=act.now,
    )
    facts = {"draft": draft_id, "step": wanted["name"], "state": state.value, "note": why}
    return step.finish(facts, tag=Tag.DRAFT_REVIEWED if passed else Tag.DRAFT_SENT_BACK)


def require_reviewed(step: Step, law: Law, kind: DraftKind, text: str) -> None:
    """Let a reply or statement go out only as the office reviews it.

    Raises:
        Conflict: the office requires reviews, and no draft with these words has passed them all.
    """
    if not law.review.of(kind).required:
        return
    approved = [
        row
        for row in drafts.of_case(step.connection, step.case_id)
        if row["kind"] == kind.value
        and row["state"] == DraftState.APPROVED.value
        and row["cycle"] == step.case["cycle"]
    ]
    if any(row["text"].strip() == text.strip() for row in approved):
        return
    raise Conflict(
        "还没有审核通过的稿件。" if not approved else "内容与审核通过的稿件不一致。",
        mend="请先起草并走完审核，再按通过的内容发出。",
        code="draft.not_approved",
        status=step.case["state"],
        command=step.move.command.value,
    )


def approved_text(connection: Connection, case: Row) -> str:
    """The words of the newest draft of this cycle that has passed every review; empty where none has."""
    approved = [
        row["text"]
        for row in drafts.of_case(connection, case["id"])
        if row["kind"] == kind_of(case).value
        and row["state"] == DraftState.APPROVED.value
        and row["cycle"] == case["cycle"]
    ]
    return str(approved[-1]) if approved else ""


def kind_of(case: Row) -> DraftKind:
    """What is drafted in a case: a statement about an incident, a reply to everything else."""
    return DraftKind.STATEMENT if case["kind"] == CaseKind.INCIDENT.value else DraftKind.REPLY


def _draft(step: Step, draft_id: int) -> Row:
    found = {row["id"]: row for row in drafts.of_case(step.connection, step.case_id)}.get(draft_id)
    if found is None:
        raise NotFound("没有这份稿件。", mend="请从办件页面选择。", code="draft.not_found")
    if found["state"] != DraftState.IN_REVIEW.value:
        raise Conflict(
            f"这份稿件{label(DraftState(found['state']))}，不再审核。",
            mend="请刷新页面。",
            code="draft.not_in_review",
            status=step.case["state"],
            command=Command.REVIEW.value,
        )
    return found


def _require_other(step: Step, draft: Row, reviewers: list[int], wanted: dict[str, object]) -> None:
    person_id, role = _person(step), step.act.actor.role
    roles = wanted["roles"]
    if role is None or not isinstance(roles, list) or role.value not in roles:
        names = "、".join(label(Role(one)) for one in roles) if isinstance(roles, list) else ""
        raise NotAllowed(f"“{wanted['name']}”由{names}审核。", mend="请由其审核。", code="draft.other_role")
    if person_id == draft["author_id"] or person_id in reviewers:
        raise NotAllowed(
            "起草人和各步审核人不能是同一个人。", mend="请由另一个人审核。", code="draft.same_person"
        )


def _person(step: Step) -> int:
    person_id = step.act.actor.person_id
    if person_id is None:
        raise NotAllowed("系统不能代人起草或审核。", mend="请由本人办理。")
    return person_id
