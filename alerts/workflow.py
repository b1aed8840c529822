"""The one table of what may be done to a case: state × command × who -> state, event. Pure.

An official can read `TABLE` line by line; `describe` gives the same in Chinese. A command that the table does
not allow is refused with what is allowed instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.actors import Actor
from core.errors import Conflict, NotAllowed
from core.labels import label
from core.vocabulary import CaseKind, CaseState, Command, Role, Tag

_S, _C, _R = CaseState, Command, Role

# A case whose answer is still owed. A case referred to another office is owed on: passing on answers nobody.
UNANSWERED = frozenset({_S.NEW, _S.ASSIGNED, _S.ACKNOWLEDGED, _S.SENT_BACK, _S.REOPENED, _S.REFERRED})
ANSWERED = frozenset({_S.REPLIED, _S.RESPONDED, _S.COMPLETED})

_LETTERS = frozenset({CaseKind.MESSAGE, CaseKind.REQUEST})
_INCIDENTS = frozenset({CaseKind.INCIDENT})
_TASKS = frozenset({CaseKind.TASK})
_ALL_KINDS = frozenset(CaseKind)

_DESK = frozenset({_R.PRESS, _R.DUTY, _R.MANAGER})
_SECTIONS = frozenset({_R.PRESS, _R.DUTY, _R.HANDLER})
_ANYBODY = frozenset({_R.PRESS, _R.DUTY, _R.HANDLER, _R.MANAGER})


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table.

    Attributes:
        command: what is done.
        kinds: the kinds of case it can be done to.
        since: the states it can be done in.
        to: the state afterwards; None where it stays.
        tag: the event that is recorded.
        roles: who may.
        by_program: the program itself may, too.
    """

    command: Command
    kinds: frozenset[CaseKind]
    since: frozenset[CaseState]
    to: CaseState | None
    tag: Tag
    roles: frozenset[Role]
    by_program: bool = False


_TO_HAND_OUT = UNANSWERED
_TO_ACKNOWLEDGE = frozenset({_S.NEW, _S.ASSIGNED, _S.REOPENED})
_WITH_SECTION = frozenset({_S.ASSIGNED, _S.ACKNOWLEDGED, _S.REOPENED})
_OPEN_OR_ANSWERED = UNANSWERED | ANSWERED

TABLE: tuple[Move, ...] = (
    Move(_C.ASSIGN, _ALL_KINDS, _TO_HAND_OUT, _S.ASSIGNED, Tag.CASE_ASSIGNED, _DESK),
    Move(_C.ACKNOWLEDGE, _ALL_KINDS, _TO_ACKNOWLEDGE, _S.ACKNOWLEDGED, Tag.CASE_ACKNOWLEDGED, _ANYBODY),
    # The second person signs beside the first, and a leader may sign what is answered already.
    Move(
        _C.ACKNOWLEDGE,
        _ALL_KINDS,
        ANSWERED | {_S.ACKNOWLEDGED},
        None,
        Tag.CASE_ACKNOWLEDGED,
        _ANYBODY,
    ),
    Move(_C.HOLDING_REPLY, _LETTERS, UNANSWERED, None, Tag.CASE_HOLDING_REPLIED, _SECTIONS),
    Move(_C.REPLY, _LETTERS, UNANSWERED | {_S.REPLIED}, _S.REPLIED, Tag.CASE_REPLIED, _SECTIONS),
    Move(
        _C.PUBLISH,
        _INCIDENTS,
        _OPEN_OR_ANSWERED,
        _S.RESPONDED,
        Tag.STATEMENT_PUBLISHED,
        frozenset({_R.PRESS, _R.DUTY}),
    ),
    # A press conference stops its own clock only; the statement is owed on.
    Move(
        _C.HOLD_PRESS_CONFERENCE,
        _INCIDENTS,
        _OPEN_OR_ANSWERED,
        None,
        Tag.PRESS_CONFERENCE_HELD,
        frozenset({_R.PRESS, _R.DUTY}),
    ),
    Move(_C.CONFIRM, _LETTERS, _OPEN_OR_ANSWERED, _S.REPLIED, Tag.RESPONSE_CONFIRMED, _DESK),
    Move(_C.CONFIRM, _INCIDENTS, _OPEN_OR_ANSWERED, _S.RESPONDED, Tag.RESPONSE_CONFIRMED, _DESK),
    Move(_C.CONFIRM, _TASKS, _OPEN_OR_ANSWERED | {_S.CLOSED}, None, Tag.RESPONSE_CONFIRMED, _DESK),
    Move(_C.REFUSE, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.RESPONSE_REFUSED, _DESK),
    Move(_C.GRADE, _INCIDENTS, _OPEN_OR_ANSWERED, None, Tag.INCIDENT_GRADED, _DESK),
    Move(
        _C.ADD_MESSAGES,
        _INCIDENTS,
        _OPEN_OR_ANSWERED,
        None,
        Tag.INCIDENT_MESSAGES_ADDED,
        _DESK,
        by_program=True,
    ),
    Move(_C.REMOVE_MESSAGES, _INCIDENTS, _OPEN_OR_ANSWERED, None, Tag.INCIDENT_MESSAGES_REMOVED, _DESK),
    Move(
        _C.SET_SIMPLE,
        frozenset({CaseKind.MESSAGE}),
        UNANSWERED | {_S.REPLIED},
        None,
        Tag.CASE_SIMPLE_SET,
        _ANYBODY,
        by_program=True,
    ),
    Move(_C.SEND_BACK, _ALL_KINDS, _WITH_SECTION, _S.SENT_BACK, Tag.CASE_SENT_BACK, _SECTIONS),
    Move(_C.REFER, _LETTERS, UNANSWERED - {_S.REFERRED}, _S.REFERRED, Tag.CASE_REFERRED, _DESK),
    Move(
        _C.DISMISS,
        _ALL_KINDS,
        UNANSWERED,
        _S.DISMISSED,
        Tag.CASE_DISMISSED,
        _DESK,
    ),
    Move(_C.CLOSE, _ALL_KINDS, ANSWERED, _S.CLOSED, Tag.CASE_CLOSED, _ANYBODY),
    Move(
        _C.REOPEN,
        _ALL_KINDS,
        ANSWERED | {_S.CLOSED, _S.DISMISSED},
        _S.REOPENED,
        Tag.CASE_REOPENED,
        _DESK,
    ),
    Move(_C.PAUSE, _ALL_KINDS, UNANSWERED, None, Tag.CASE_PAUSED, frozenset({_R.PRESS, _R.MANAGER})),
    Move(_C.RESUME, _ALL_KINDS, UNANSWERED, None, Tag.CASE_RESUMED, _ANYBODY),
    # Whoever answers asks for more time; a leader grants it.
    Move(_C.EXTEND, _LETTERS, UNANSWERED, None, Tag.EXTENSION_ASKED, _SECTIONS),
    Move(_C.GRANT_EXTENSION, _LETTERS, UNANSWERED, None, Tag.EXTENSION_GRANTED, frozenset({_R.MANAGER})),
    Move(_C.REFUSE_EXTENSION, _LETTERS, UNANSWERED, None, Tag.EXTENSION_REFUSED, frozenset({_R.MANAGER})),
    Move(_C.MERGE, _ALL_KINDS, _OPEN_OR_ANSWERED, _S.MERGED, Tag.CASE_MERGED, _DESK),
    # What is said inside the office moves nothing and stops no clock.
    Move(_C.COMMENT, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.CASE_COMMENTED, _ANYBODY),
    Move(_C.INSTRUCT, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.CASE_INSTRUCTED, frozenset({_R.MANAGER})),
    Move(_C.MARK_READ, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.CASE_COMMENTS_READ, _ANYBODY),
    Move(_C.ADD_SECTION, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.CASE_SECTION_ADDED, _DESK),
    Move(_C.SUPERVISE, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.CASE_SUPERVISED, frozenset({_R.MANAGER})),
    Move(_C.ANSWER_ORDER, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.SUPERVISION_ANSWERED, _SECTIONS),
    Move(_C.DRAFT, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.DRAFT_WRITTEN, _ANYBODY),
    Move(_C.REVIEW, _ALL_KINDS, _OPEN_OR_ANSWERED, None, Tag.DRAFT_REVIEWED, _ANYBODY),
    Move(
        _C.UPDATE,
        _INCIDENTS,
        ANSWERED,
        None,
        Tag.UPDATE_PUBLISHED,
        frozenset({_R.PRESS, _R.DUTY}),
    ),
    # Saying that something is untrue does not yet say what is true: the first statement is owed on.
    Move(
        _C.REBUT,
        _INCIDENTS,
        _OPEN_OR_ANSWERED,
        None,
        Tag.REBUTTAL_PUBLISHED,
        frozenset({_R.PRESS, _R.DUTY}),
    ),
    Move(_C.SPLIT, _INCIDENTS, _OPEN_OR_ANSWERED, None, Tag.INCIDENT_SPLIT, _DESK),
    # Which steps there are, and who takes them when, stands in `rules/procedures`.
    Move(
        _C.TAKE_STEP,
        frozenset({CaseKind.REQUEST, CaseKind.TASK, CaseKind.MESSAGE}),
        _OPEN_OR_ANSWERED | {_S.CLOSED},
        None,
        Tag.STEP_TAKEN,
        _ANYBODY,
    ),
    Move(_C.ADD_OPINION, _TASKS, UNANSWERED, None, Tag.OPINION_ADDED, _SECTIONS),
    Move(_C.JUDGE_OPINION, _TASKS, UNANSWERED, None, Tag.OPINION_JUDGED, _SECTIONS),
    # Whoever drafted a document answers for it: the case goes to the drafting section.
    Move(_C.LINK_DOCUMENT, _LETTERS, UNANSWERED, None, Tag.DOCUMENT_LINKED, _SECTIONS),
)


# What another system of the office may tell by program: facts that stand there. Whatever weighs, vouches or
# signs (定级、确认补录、签收、不予处理、重新办理) takes a person.
BY_TOKEN = frozenset(
    {
        _C.ASSIGN,
        _C.HOLDING_REPLY,
        _C.REPLY,
        _C.PUBLISH,
        _C.HOLD_PRESS_CONFERENCE,
        _C.ADD_MESSAGES,
        _C.SET_SIMPLE,
        _C.SEND_BACK,
        _C.REFER,
        _C.CLOSE,
    }
)


def move_for(kind: CaseKind, state: CaseState, command: Command, actor: Actor) -> Move:
    """The line that lets `actor` give `command` to a case.

    Raises:
        NotAllowed: nobody of the actor's role may ever give this command to such a case.
        Conflict: the state does not allow it; `allowed` holds what this actor may do now.
    """
    lines = [line for line in TABLE if line.command is command and kind in line.kinds]
    if lines and not any(_may(line, actor) for line in lines):
        raise NotAllowed(
            f"您的岗位不能对{label(kind)}作“{label(command)}”。",
            mend=f"请由{_names(lines[0].roles)}办理。",
        )
    found = next((line for line in lines if state in line.since and _may(line, actor)), None)
    if found is None:
        raise _refused(kind, state, command, actor)
    return found


def allowed(kind: CaseKind, state: CaseState, actor: Actor) -> tuple[Command, ...]:
    """The commands this actor may give to a case in this state, in the order of the table."""
    fit = (line.command for line in TABLE if kind in line.kinds and state in line.since and _may(line, actor))
    return tuple(dict.fromkeys(fit))


@dataclass(frozen=True, slots=True)
class DescribedMove:
    """One line of the table in the words of an official."""

    command: str
    kinds: str
    since: str
    to: str
    event: str
    who: str


def describe() -> Iterator[DescribedMove]:
    """The table in Chinese, line by line."""
    for line in TABLE:
        yield DescribedMove(
            command=label(line.command),
            kinds="、".join(label(kind) for kind in CaseKind if kind in line.kinds),
            since="、".join(label(state) for state in CaseState if state in line.since),
            to=label(line.to) if line.to else "不变",
            event=label(line.tag),
            who=_names(line.roles) + ("、系统" if line.by_program else ""),
        )


def _may(line: Move, actor: Actor) -> bool:
    if actor.role is not None:
        return actor.role in line.roles
    return line.command in BY_TOKEN if actor.by_token else line.by_program


def _names(roles: frozenset[Role]) -> str:
    return "、".join(label(role) for role in Role if role in roles)


def _refused(kind: CaseKind, state: CaseState, command: Command, actor: Actor) -> Conflict:
    possible = allowed(kind, state, actor)
    words = "、".join(label(one) for one in possible)
    return Conflict(
        f"{label(kind)}的状态是“{label(state)}”，不能“{label(command)}”。",
        mend=f"现在可以：{words}。" if possible else "现在不能再作处理。",
        code="case.wrong_state",
        status=state.value,
        command=command.value,
        allowed=tuple(one.value for one in possible),
    )
