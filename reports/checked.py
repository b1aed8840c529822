"""Reads what people said of the machine's answers, for its accuracy."""

from __future__ import annotations

from reports.machine_accuracy import FIELDS, MonthlyAccuracy, Verdict, monthly_accuracy
from storage.database import Connection
from storage.human_words import standing


def accuracy_of_machine(connection: Connection) -> list[MonthlyAccuracy]:
    """The monthly accuracy of the machine against everything people said; may be empty."""
    said = standing(connection, FIELDS)
    return monthly_accuracy(Verdict(one.field, one.machine, one.value, one.at) for one in said)
