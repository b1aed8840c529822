"""The verbs of several people on one case, and of drafts, as forms ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alerts import drafting, joint, publishing
from alerts.steps import Outcome
from api.pages.calls import Call
from core.errors import InvalidInput
from core.vocabulary import Command, ReviewVerdict


def _supervise(call: Call) -> Outcome:
    due_at = call.given.instant("due_at")
    if due_at is None:
        raise InvalidInput("没有填写反馈期限。", mend="请填写期限。", field="due_at")
    return joint.supervise(*call.where(), call.law, demand=call.given["demand"], due_at=due_at)


def _review(call: Call) -> Outcome:
    if call.given["verdict"] not in set(ReviewVerdict):
        raise InvalidInput("没有选择结论。", mend="请选择通过或退改。", field="verdict")
    return drafting.review_draft(
        *call.where(),
        draft_id=call.given.number("draft"),
        verdict=ReviewVerdict(call.given["verdict"]),
        note=call.given["note"],
    )


JOINT_VERBS: Mapping[Command, Callable[[Call], Outcome]] = {
    Command.COMMENT: lambda c: joint.comment(*c.where(), text=c.given["text"]),
    Command.INSTRUCT: lambda c: joint.instruct(*c.where(), c.law, text=c.given["text"]),
    Command.MARK_READ: lambda c: joint.mark_read(*c.where()),
    Command.ADD_SECTION: lambda c: joint.add_section(*c.where(), c.law, section=c.given["assisting"]),
    Command.SUPERVISE: _supervise,
    Command.ANSWER_ORDER: lambda c: joint.answer_order(*c.where(), text=c.given["text"]),
    Command.DRAFT: lambda c: drafting.write_draft(
        *c.where(), c.law, text=c.given["text"], title=c.given["title"]
    ),
    Command.REVIEW: _review,
    Command.UPDATE: lambda c: publishing.update(*c.where(), c.law, c.publication()),
    Command.REBUT: lambda c: publishing.rebut(*c.where(), c.law, c.publication()),
}
