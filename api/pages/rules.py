"""规则: every clause the office is measured by, and "when would this be due?"."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from alerts.proposing import Proposal, propose
from api.due import due_of
from api.pages.contexts import DueAnswer, Option, RuleDocument, RulesPage, RuleVersions
from api.pages.rendering import render
from api.pages.why import why
from api.security.identity import SignedIn, Wired
from api.services import Services
from core.clock import local_day, shanghai
from core.errors import InvalidInput, NotFound
from core.rulebook import Rule, Rulebook

router = APIRouter()


@router.get("/rules")
def show(request: Request, services: Wired, person: SignedIn) -> Response:
    """Every rule; with `rule` when it would be due, with `propose` what another limit would move."""
    key, start = request.query_params.get("rule", ""), request.query_params.get("from", "")
    answer, error = None, None
    if key or start:
        try:
            answer = _answer(services, key, start)
        except (InvalidInput, NotFound) as problem:
            error = f"{problem.message}{problem.mend}"
    proposed, amount = request.query_params.get("propose", ""), request.query_params.get("amount", "")
    proposal, wrong = None, None
    if person.sees_only is None and proposed:
        try:
            proposal = _proposal(services, proposed, amount)
        except (InvalidInput, NotFound) as problem:
            wrong = f"{problem.message}{problem.mend}"
    page = RulesPage(
        documents=_documents(services.rulebook),
        options=_options(services.rulebook, key),
        start=start or f"{shanghai(services.clock.now()):%Y-%m-%dT%H:%M}",
        answer=answer,
        error=error,
        proposes=_options(services.rulebook, proposed) if person.sees_only is None else (),
        amount=amount,
        proposal=proposal,
        proposal_error=wrong,
    )
    return render(request, "rules.html", page, status=422 if error or wrong else 200)


def _proposal(services: Services, key: str, amount: str) -> Proposal:
    now = services.clock.now()
    rule = services.rulebook.rule(key, local_day(now))
    number = int(amount) if amount.isascii() and amount.isdigit() and len(amount) < 6 else 0
    with services.database.read() as connection:
        return propose(connection, services.law, rule, number, now)


def _answer(services: Services, key: str, start: str) -> DueAnswer:
    rule, started_at, due = due_of(services, key, start)
    reason = why(rule, due.explanation, is_provisional=due.provisional)
    return DueAnswer(rule, started_at, due.due_at, reason)


def _options(rulebook: Rulebook, chosen: str) -> list[Option]:
    """The rules with a limit of their own, by name; one that prints none cannot be counted ahead."""
    newest = {rule.key: rule for rule in rulebook.rules() if rule.limit.amount is not None}
    return [Option(key, rule.label, key == chosen) for key, rule in newest.items()]


def _documents(rulebook: Rulebook) -> list[RuleDocument]:
    """The rules by document, in the order of the files; a rule stands where its newest version does."""
    versions: dict[str, list[Rule]] = {}
    for rule in rulebook.rules():
        versions.setdefault(rule.key, []).append(rule)
    documents: dict[tuple[str, str | None], list[RuleVersions]] = {}
    for key, rules in versions.items():
        newest, *older = sorted(rules, key=lambda rule: rule.in_force_from, reverse=True)
        document = (newest.citation.document, newest.citation.number)
        documents.setdefault(document, []).append(RuleVersions(key, newest, older))
    return [RuleDocument(title, number, rules) for (title, number), rules in documents.items()]
