"""Turns the models inside the installed snownlp into compact tables, once, in a process of its own.

snownlp 0.12.3 needs two seconds and 400 MB to start, nearly all of it dictionaries keyed by nested tuples.
The tables hold the same numbers, with every logarithm already taken by `math.log` in snownlp's own order of
operations, so that a score computed from them is the same to the last bit.

Only the characters snownlp hands to its segmenter are kept (U+4E00…U+9FA5, and the beginning of a sentence).

    python -m analysis.sentiment.snownlp_tables FILE
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from array import array
from collections import defaultdict
from collections.abc import Mapping
from importlib import metadata
from math import inf, log
from pathlib import Path
from typing import Any

from analysis.sentiment.table_file import TableFile, write_table_file
from core.errors import ModelError

VERSION = "0.12.3"
MODEL = f"snownlp-{VERSION}"
TAGS = ("b", "m", "e", "s")
FIRST, LAST = 0x4E00, 0x9FA5
# The beginning of a sentence is character number 1; number 0 is a character the model has never seen.
BEGINNING = 1

_ABOUT = {"model": MODEL, "layout": "1"}
_FILES = {
    "seg/seg.marshal.3": "ccdf2df719ca98f28f2194eb6d1df31ff732f8d434afc4a43f670784a7074cfd",
    "sentiment/sentiment.marshal.3": "70e3feeef768a6e7d8abdf00cbf8cce7c20be884b03da16efd4c0edfaaddd4d1",
    "normal/stopwords.txt": "fc7a55a0fb8622cdc8f12ff4d35703fe17a71a92a746b7091e1eca6923397413",
}


def open_tables(folder: Path) -> TableFile:
    """The tables in `folder`, built there at first use (about ten seconds; two processes may race, both win).

    Raises:
        ModelError: snownlp is missing, of another version or altered; or the tables are damaged.
    """
    path = folder / f"{MODEL}.{_ABOUT['layout']}.tables"
    if not path.is_file():
        check_installed_snownlp()
        _build_elsewhere(path)
    elif _installed_version() != VERSION:
        check_installed_snownlp()
    return TableFile(path, _ABOUT)


def check_installed_snownlp() -> None:
    """Make sure that the numbers come from the release we proved equality against.

    Raises:
        ModelError: snownlp is missing, of another version, or one of its model files was changed.
    """
    version = _installed_version()
    mend = f"请安装 snownlp {VERSION} 原版。"
    if version != VERSION:
        raise ModelError(f"情感模型要求 snownlp {VERSION}，装的是 {version or '(没有)'}。", mend=mend)
    package = Path(str(metadata.distribution("snownlp").locate_file("snownlp")))
    for name, digest in _FILES.items():
        if hashlib.sha256((package / name).read_bytes()).hexdigest() != digest:
            raise ModelError(f"snownlp 的模型文件 {name} 不是 {VERSION} 原版。", mend=mend)


def _installed_version() -> str | None:
    try:
        return metadata.version("snownlp")
    except metadata.PackageNotFoundError:
        return None


def _build_elsewhere(path: Path) -> None:
    """Build in a child process: the memory snownlp takes goes back when it ends."""
    mend = "请确认数据目录可写、磁盘未满，然后再试。"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ModelError(f"情感数据表没有建成：不能写入 {path.parent}。", mend=mend) from error
    command = [sys.executable, "-W", "ignore", "-m", "analysis.sentiment.snownlp_tables", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode or not path.is_file():
        reason = (done.stderr.strip().splitlines() or ["原因不明"])[-1]
        raise ModelError(f"情感数据表没有建成：{reason}。", mend=mend)


def build(path: Path) -> None:
    """Read the installed snownlp and write its tables to `path`; imports snownlp and stays large."""
    from snownlp import normal, seg, sentiment

    columns: dict[str, array[Any] | bytes] = {}
    columns.update(_segmentation(seg.segger.segger))
    columns.update(_words(sentiment.classifier.classifier))
    columns["stop_words"] = "\n".join(sorted(normal.stop)).encode()
    write_table_file(path, _ABOUT, columns)


def _segmentation(model: Any) -> dict[str, array[Any] | bytes]:
    """Columns of the character model.

    For the pair (second, third) of characters number i, j: `pair_third[pair_start[i]:pair_start[i+1]]` is
    sorted and holds j at place p; `bigram_*[bigram_start[p]:bigram_start[p+1]]` are its tag pairs,
    `trigram_*[trigram_start[p]:trigram_start[p+1]]` its triples, sorted by the first character's number.
    """
    kept = sorted(c for c in {key[0] for key in model.uni.d} if c and FIRST <= ord(c) <= LAST)
    numbers = {"": BEGINNING} | {character: place for place, character in enumerate(kept, start=2)}
    characters = array("H", bytes(2 * (LAST - FIRST + 1)))
    unigrams = array("d", [-inf] * 8)
    for character in kept:
        characters[ord(character) - FIRST] = numbers[character]
        unigrams.extend(_log(_unigram(model, (character, tag))) for tag in TAGS)
    bigrams, trigrams = _pairs(model, numbers)
    columns: dict[str, array[Any] | bytes] = {"characters": characters, "unigram_log": unigrams}
    columns.update(_pair_columns(bigrams, trigrams, len(numbers) + 1))
    return columns


Pairs = Mapping[tuple[int, int], list[Any]]


def _pairs(model: Any, numbers: Mapping[str, int]) -> tuple[Pairs, Pairs]:
    """Every counted bigram and trigram under its pair (second, third) of character numbers."""
    bigrams: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for second, third in model.bi.d:
        if second[0] in numbers and third[0] in numbers and third[1] in TAGS:
            value = _unigram(model, third) + _bigram(model, second, third)
            pair = numbers[second[0]], numbers[third[0]]
            bigrams[pair].append((_tag(second) + 4 * _tag(third), _log(value)))
    trigrams: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for (first, second, third), count in model.tri.d.items():
        if first[0] in numbers and second[0] in numbers and third[0] in numbers:
            rest = _unigram(model, third) + _bigram(model, second, third)
            tri = model.div(model.l3 * count, model.bi.get((first, second))[1])
            tags = _tag(first) + 4 * _tag(second) + 16 * _tag(third)
            pair = numbers[second[0]], numbers[third[0]]
            trigrams[pair].append((numbers[first[0]], tags, _log(rest + tri)))
    return bigrams, trigrams


def _pair_columns(bigrams: Pairs, trigrams: Pairs, character_count: int) -> dict[str, array[Any] | bytes]:
    start, third = array("I"), array("H")
    bigram_start, bigram_tags, bigram_log = array("I"), array("B"), array("d")
    trigram_start, trigram_first, trigram_tags, trigram_log = array("I"), array("H"), array("B"), array("d")
    for pair in sorted(set(bigrams) | set(trigrams)):
        start.extend([len(third)] * (pair[0] + 1 - len(start)))
        third.append(pair[1])
        bigram_start.append(len(bigram_tags))
        trigram_start.append(len(trigram_tags))
        for tags, value in sorted(bigrams.get(pair, ())):
            bigram_tags.append(tags)
            bigram_log.append(value)
        for first, tags, value in sorted(trigrams.get(pair, ())):
            trigram_first.append(first)
            trigram_tags.append(tags)
            trigram_log.append(value)
    start.extend([len(third)] * (character_count + 1 - len(start)))
    bigram_start.append(len(bigram_tags))
    trigram_start.append(len(trigram_tags))
    return {
        "pair_start": start,
        "pair_third": third,
        "bigram_start": bigram_start,
        "bigram_tags": bigram_tags,
        "bigram_log": bigram_log,
        "trigram_start": trigram_start,
        "trigram_first": trigram_first,
        "trigram_tags": trigram_tags,
        "trigram_log": trigram_log,
    }


def _unigram(model: Any, third: tuple[str, str]) -> float:
    value: float = model.l1 * model.uni.freq(third)
    return value


def _bigram(model: Any, second: tuple[str, str], third: tuple[str, str]) -> float:
    value: float = model.div(model.l2 * model.bi.get((second, third))[1], model.uni.get(second)[1])
    return value


def _log(value: float) -> float:
    return log(value) if value != 0 else -inf


def _tag(of: tuple[str, str]) -> int:
    """The beginning of a sentence has one tag; it takes the first place."""
    return TAGS.index(of[1]) if of[0] else 0


def _words(model: Any) -> dict[str, array[Any] | bytes]:
    """Columns of the Bayes model: words, their logs under each class, and the classes' priors.

    Raises:
        ModelError: the model does not have the two classes in the order the score is computed in.
    """
    if list(model.d) != ["neg", "pos"]:
        raise ModelError("snownlp 情感模型的类别不是预期的两类。", mend=f"请安装 snownlp {VERSION} 原版。")
    negative, positive = model.d["neg"], model.d["pos"]
    words = sorted(set(negative.d) | set(positive.d))
    return {
        "words": "\n".join(words).encode(),
        "negative_log": array("d", [log(negative.freq(word)) for word in words]),
        "positive_log": array("d", [log(positive.freq(word)) for word in words]),
        "unknown_log": array("d", [log(one.none / one.total) for one in (negative, positive)]),
        "prior_log": array("d", [log(one.getsum()) - log(model.total) for one in (negative, positive)]),
    }


if __name__ == "__main__":
    build(Path(sys.argv[1]))
