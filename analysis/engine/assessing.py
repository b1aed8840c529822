"""Assesses what came in, batch by batch."""

from __future__ import annotations

from analysis.assessment import Analyser, AnalysisInput, Assessment
from analysis.routing import Habits
from core.clock import Clock
from core.vocabulary import Polarity
from storage import assessments, routing_habits, sections
from storage.assessments import AssessmentRow, Waiting
from storage.database import Connection, Database


def assess_pending(database: Database, analyser: Analyser, clock: Clock, batch: int = 200) -> int:
    """Assess messages whose present revision has no assessment, until none is left; how many were assessed.

    One write transaction per batch; nothing is locked while the analysis thinks, so a message revised
    meanwhile is simply assessed again. What a person corrected is not touched.
    """
    return _assess_all(database, analyser, clock, batch, rescore=False)


def assess_again(database: Database, analyser: Analyser, clock: Clock, batch: int = 200) -> int:
    """Assess every message anew, after a change of the model or of the lexicon; how many were assessed."""
    return _assess_all(database, analyser, clock, batch, rescore=True)


def _assess_all(database: Database, analyser: Analyser, clock: Clock, batch: int, *, rescore: bool) -> int:
    done, last = 0, 0
    habits: Habits | None = None
    while True:
        with database.read() as connection:
            found = assessments.waiting(connection, limit=batch, after=last, rescore=rescore)
            names = list(sections.names(connection).values())
            habits = habits or (_habits(connection, analyser) if found else None)
        if not found:
            return done
        given = [AnalysisInput(one.title, one.body, one.channel, one.area) for one in found]
        answers = analyser.assess(given, names, habits)
        rows = [_row(one, answer) for one, answer in zip(found, answers, strict=True)]
        with database.write() as connection:
            assessments.save(connection, rows, clock.now())
        done += len(rows)
        last = found[-1].message_id


def _habits(connection: Connection, analyser: Analyser) -> Habits:
    newest = analyser.routing.habit.newest_cases
    return Habits(routing_habits.handed_out(connection, newest_cases=newest), analyser.routing)


def _row(message: Waiting, answer: Assessment) -> AssessmentRow:
    sentiment = answer.sentiment
    known = sentiment.label in set(Polarity)
    return AssessmentRow(
        message_id=message.message_id,
        revision=message.revision,
        model=sentiment.model,
        sentiment_raw=sentiment.raw,
        sentiment_log_odds=sentiment.log_odds,
        sentiment_words=sentiment.words,
        unknown_share=sentiment.unknown_share,
        polarity=sentiment.label if known else Polarity.UNSURE.value,
        kind=answer.kind.value,
        is_simple=answer.is_simple,
        topic=answer.topic,
        place=answer.place.name,
        place_candidates=answer.place.candidates,
        suggested_section=answer.section,
        keywords=answer.keywords,
        risk_level=answer.risk.level.value,
        risk_score=answer.risk.score,
        reasons=answer.reasons,
    )
