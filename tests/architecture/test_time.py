"""Time is read in one place and always carries its zone."""

from __future__ import annotations

import pytest

from tests.architecture.product import Source, calls, parse, product_sources

_NOW = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
_REASON = "# noqa: DTZ001 - "
_TZINFO_POSITION = 8
_COMBINE_TZINFO_POSITION = 3


def _last_two(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def now_is_read(source: Source) -> list[str]:
    """Where the present instant is read."""
    return [source.where(call) for call, name in calls(source) if _last_two(name) in _NOW]


def naive_instants(source: Source) -> list[str]:
    """Where an instant without a zone is made, and no reason for it stands on the line."""
    lines, found = source.text.splitlines(), []
    for call, name in calls(source):
        zoned = any(keyword.arg in {"tzinfo", None} for keyword in call.keywords)
        needed = {"datetime": _TZINFO_POSITION, "combine": _COMBINE_TZINFO_POSITION}.get(name.split(".")[-1])
        if needed and not zoned and len(call.args) < needed and _makes_datetime(name):
            if _REASON in lines[call.lineno - 1]:
                continue
            found.append(source.where(call))
    return found


def _makes_datetime(name: str) -> bool:
    return name in {"datetime", "datetime.datetime"} or _last_two(name) == "datetime.combine"


def test_now_is_read_only_by_the_clock() -> None:
    """Broken: `HUIYING_NOW`, the demo and every test with a fixed clock see a second time, the computer's."""
    assert [w for s in product_sources() if s.path != "core/clock.py" for w in now_is_read(s)] == []


def test_every_instant_is_made_with_its_zone() -> None:
    """Broken: eight hours go missing between an office's wall clock and the database."""
    assert [w for s in product_sources() for w in naive_instants(s)] == []


@pytest.mark.parametrize("code", ["datetime.now(UTC)", "dt = datetime.datetime.utcnow()", "time.time()"])
def test_reading_now_is_caught(code: str) -> None:
    assert now_is_read(parse(code)) == ["core/example.py:1"]


def test_asking_a_clock_is_not_reading_now() -> None:
    assert now_is_read(parse("clock.now()\nself.clock.now()")) == []


@pytest.mark.parametrize("code", ["datetime(2026, 11, 23, 9)", "datetime.combine(day, time.min)"])
def test_a_naive_instant_is_caught(code: str) -> None:
    assert naive_instants(parse(code)) == ["core/example.py:1"]


@pytest.mark.parametrize(
    "code",
    [
        "datetime(2026, 11, 23, tzinfo=UTC)",
        "datetime.combine(day, time.min, SHANGHAI)",
        "datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock",
    ],
)
def test_an_instant_with_its_zone_or_a_reason_passes(code: str) -> None:
    assert naive_instants(parse(code)) == []
