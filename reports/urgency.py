"""How pressing messages are now: read from the store, judged by the analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache

from analysis.lexicon import Risks, load_lexicon
from analysis.trend import trend_of
from analysis.urgency import Situation, Urgency, UrgencyRules, in_order, load_urgency_rules, urgency_of
from core.platform_counts import acts_of
from core.rule_files import rules_folder
from storage import matters, nearest_due, situations
from storage.database import Connection, Row

# A matter of fewer voices is not asked for its growth.
_CROWD = 5


def urgencies(connection: Connection, message_ids: Iterable[int], now: datetime) -> dict[int, Urgency]:
    """Message → how pressing it is, in order, the most pressing first; messages not assessed are left out."""
    rows = situations.of_messages(connection, message_ids)
    due = nearest_due.of_messages(connection, [row["id"] for row in rows])
    grown = _growths(connection, rows, now)
    rules, risks = _rules()
    judged = {}
    for row in rows:
        situation = _situation(row, due.get(row["id"]), grown.get(row["matter_id"], (0, 0)), now)
        judged[row["id"]] = situation, urgency_of(situation, rules, risks)
    return {number: judged[number][1] for number in in_order(judged)}


@cache
def _rules() -> tuple[UrgencyRules, Risks]:
    folder = rules_folder()
    return load_urgency_rules(folder / "urgency.yml"), load_lexicon(folder / "lexicon").risks


def _growths(connection: Connection, rows: Iterable[Row], now: datetime) -> Mapping[int, tuple[int, int]]:
    crowds = {row["matter_id"] for row in rows if (row["voices"] or 0) >= _CROWD}
    found = {}
    for number, heard in matters.told_of(connection, sorted(crowds)).items():
        voices = [(one["received_at"], one["author_hash"] or str(one["message_id"])) for one in heard]
        trend = trend_of(voices, now)
        found[number] = trend.recent, trend.before
    return found


def _situation(row: Row, due: datetime | None, grown: tuple[int, int], now: datetime) -> Situation:
    return Situation(
        risk_score=row["risk_score"],
        risk_reasons=tuple((row["reasons"] or {}).get("risk", ())),
        voices=row["voices"] or 1,
        recent=grown[0],
        before=grown[1],
        due_in_hours=(due - now) / timedelta(hours=1) if due is not None else None,
        reach=acts_of([row["extra"]]),
        topic=row["topic"],
        channel=row["channel"],
        log_odds=row["sentiment_log_odds"],
    )
