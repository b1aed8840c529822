"""办理步骤 on the page of a case: what was done, and a form for each step that may be recorded now."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.procedure_steps import StepGiven, step_words, steps_now, take_step, taken_steps
from alerts.procedures import ProcedureStep
from alerts.steps import Outcome
from api.pages.calls import Call
from api.pages.contexts import Option
from api.pages.form_parts import FormField
from api.pages.given import Given
from api.pages.procedure_contexts import ProcedurePart, StepForm, StepLine
from api.security.identity import Person
from api.services import Services
from core.vocabulary import CaseKind
from storage.database import Connection, Row

# A letter has no procedure of its own; what it has besides is folded.
_LEADS = frozenset({CaseKind.REQUEST.value, CaseKind.TASK.value})


def procedure_of(
    connection: Connection, services: Services, person: Person, case: Row, tried: Given | None, wrong: str
) -> ProcedurePart:
    """The steps of a case, as this person may record them.

    Args:
        tried: a step that was refused, as typed.
        wrong: the field that was wrong; empty where it was none.
    """
    taken = []
    for row in taken_steps(connection, case):
        name, result = step_words(connection, services.law, case, row)
        taken.append(
            StepLine(
                name,
                row["occurred_at"],
                row["title"] or "",
                result,
                row["text"],
                row["copy_sha256"] is not None,
            )
        )
    possible = [one for one in steps_now(connection, services.law, case) if person.role in one.roles]
    forms = [_form(one, tried if tried and tried["step"] == one.key else None, wrong) for one in possible]
    return ProcedurePart(case["kind"] in _LEADS, taken, forms)


def take(call: Call) -> Outcome:
    """Record the step that a form asks for."""
    given = call.given
    wanted = StepGiven(
        given["step"],
        given.instant("at"),
        given["document"],
        given["result"],
        given["text"],
        given.instant("until"),
        call.copy,
    )
    return take_step(*call.where(), call.law, wanted)


def _form(step: ProcedureStep, tried: Given | None, wrong: str) -> StepForm:
    fields = [_field("at", "办理时间", "time", tried, wrong, hint="不填即为现在。")]
    if step.document:
        fields.append(_field("document", step.document, "line", tried, wrong, is_required=True))
    if step.results:
        choices = {"": "请选择", **step.results}
        fields.append(_field("result", "结果", "choice", tried, wrong, choices=choices, is_required=True))
    if step.until:
        fields.append(_field("until", "检查时间", "time", tried, wrong, is_required=True))
    fields.append(_field("text", "说明", "line", tried, wrong))
    fields.append(_field("copy", "凭证", "file", None, wrong, hint="补录期限之前的步骤时须附。"))
    return StepForm(step.key, step.label, step.hint, fields, tried is not None)


def _field(
    name: str,
    words: str,
    kind: str,
    tried: Given | None,
    wrong: str,
    *,
    hint: str = "",
    choices: Mapping[str, str] | None = None,
    is_required: bool = False,
) -> FormField:
    value = tried[name] if tried else ""
    options = [Option(key, text, key == value) for key, text in (choices or {}).items()]
    error = "请填写或更正这一项。" if tried and wrong == name else None
    return FormField(name, words, kind, value, hint, is_required, options, error)
