"""The grade of a service rating, from its words or from a number whose direction is known.

Source: 国办发〔2019〕51号, five grades from 非常满意 to 非常不满意. Exports count them from either end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crawlers.imports.cells import Cell, as_line
from crawlers.imports.times import Refusal

# 1 worst to 5 best, the order in which we store them.
GRADES: Mapping[str, int] = {"非常不满意": 1, "不满意": 2, "基本满意": 3, "满意": 4, "非常满意": 5}
_WORDS = {grade: word for word, grade in GRADES.items()}
_WORST_TO_BEST = len(GRADES) + 1


class GradeColumns:
    """The grade columns of one table of ratings."""

    def __init__(
        self, columns: Mapping[str, tuple[int, ...]], labels: Sequence[str], *, best_first: bool | None
    ) -> None:
        self._text = columns.get("grade_text", ())
        self._number = columns.get("grade", ())
        self._labels = labels
        self._best_first = best_first

    @property
    def is_unclear(self) -> bool:
        """Whether only numbers are given and nobody has said which end is best."""
        return bool(self._number) and not self._text and self._best_first is None

    def read(self, cells: Sequence[Cell]) -> dict[str, str] | Refusal:
        """`grade` (1 worst to 5 best) and `grade_text` of a row; a row without a readable one is refused."""
        words = self._words(cells)
        number = self._counted(cells)
        if words is None and number is None:
            label = self._labels[next(iter(self._text + self._number), 0)]
            return Refusal(label, f"“{label}”中看不出评价等级。")
        if words is not None and number is not None and words != number:
            label = self._labels[self._number[0]]
            return Refusal(label, f"“{label}”的评分与评价等级“{_WORDS[words]}”不一致。")
        grade = words if words is not None else number
        assert grade is not None  # noqa: S101 - one of the two was found
        return {"grade": str(grade), "grade_text": _WORDS[grade]}

    def _words(self, cells: Sequence[Cell]) -> int | None:
        return next((GRADES[word] for i in self._text if (word := as_line(cells[i])) in GRADES), None)

    def _counted(self, cells: Sequence[Cell]) -> int | None:
        """The number in our direction; None where it has no direction or is none."""
        text = next((text for i in self._number if (text := as_line(cells[i]))), "")
        if self._best_first is None or text not in {str(grade) for grade in _WORDS}:
            return None
        return _WORST_TO_BEST - int(text) if self._best_first else int(text)
