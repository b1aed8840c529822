"""A run of a source from the site to the clocks: on both databases, over real HTTP, in its own process."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.clock import FixedClock, shanghai
from core.errors import Conflict, NotAllowed
from crawlers.storing import COUNTS, LEASE
from huiying.gathering import ask_for, carry_out, claim_run, gather
from huiying.office import Office
from storage import crawl_runs, deadlines, messages, source_states, sources
from storage.crawl_runs import Claim
from storage.database import Database
from tests.command import Command
from tests.crawlers.crawling import shipped
from tests.crawlers.mutations import mutated
from tests.replicas.mailbox import MailboxSite
from tests.replicas.server import Asked, Replica, Reply
from tests.replicas.weibo import COOKIE, WeiboSite


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A mailbox of six letters."""
    with Replica(MailboxSite(6)) as running:
        yield running


def site(replica: Replica) -> MailboxSite:
    assert isinstance(replica.site, MailboxSite)
    return replica.site


def counts(run: dict[str, object]) -> tuple[object, ...]:
    return tuple(run[name] for name in COUNTS)


def test_a_crawled_letter_gets_its_case_its_clock_and_its_revision(
    office: Office, database: Database, clock: FixedClock, replica: Replica
) -> None:
    source = shipped("example_mailbox", replica)
    first = gather(office, source, "测试")
    assert (first["verdict"], *counts(first)) == ("ok", 6, 6, 0, 0, 0)
    with database.read() as connection:
        rows = deadlines.standing(connection, state=None, as_of=clock.now(), soon=timedelta(), section=None)
        own = sources.find(connection, source.key)
        assert own is not None
        number = site(replica).letters[0].code
        message = messages.get(connection, messages.find_known(connection, own.id, [number])[number].id)
    assert len(rows) == 6
    assert {row["rule_key"] for row in rows} == {"message.first_reply"}
    assert "138" not in message["body"].replace("138****", "")

    late = site(replica).letters[3]
    assert not late.reply
    late.reply, late.org = "已修复。", "滨海市城市管理局"
    late.replied_at = shanghai(clock.now() + timedelta(hours=1))
    clock.advance(hours=2)
    second = gather(office, source, "测试")
    assert (second["verdict"], second["read"], second["stored"], second["revised"]) == ("ok", 6, 0, 1)
    assert second["duplicate"] == 5
    with database.read() as connection:
        open_still = deadlines.standing(
            connection, state="running", as_of=clock.now(), soon=timedelta(), section=None
        )
    assert len(open_still) == 1


def test_two_processes_never_run_one_source_at_once(
    office: Office, clock: FixedClock, replica: Replica
) -> None:
    source = shipped("example_mailbox", replica)
    run_id = ask_for(office, source, crawl_runs.SCHEDULE, "定时")
    assert ask_for(office, source, crawl_runs.PERSON, "管理员") == run_id
    first = claim_run(office, run_id)
    assert first is not None
    assert claim_run(office, run_id) is None
    with pytest.raises(Conflict, match="正在采集"):
        gather(office, source, "另一人")
    clock.advance(seconds=int(LEASE.total_seconds()) + 1)
    second = claim_run(office, run_id)
    assert second == Claim(run_id, source.key, first.claim_no + 1)
    with pytest.raises(Conflict, match="另一个程序"):
        carry_out(office, source, first)
    assert counts(carry_out(office, source, second)) == (6, 6, 0, 0, 0)


def test_a_wall_backs_off_as_long_as_the_site_says_and_keeps_what_was_stored(
    office: Office, database: Database, clock: FixedClock, replica: Replica
) -> None:
    replica.faults = {"status": 429, "after": 3, "retry_after": 7200}
    run = gather(office, shipped("example_mailbox", replica), "测试")
    assert run["verdict"] == "blocked_rate"
    assert run["stored"] == 2
    assert run["watermark_after"] is None
    with database.read() as connection:
        state = source_states.all_states(connection)["example_mailbox"]
    assert state["backoff_until"] == clock.now() + timedelta(hours=2)
    assert state["failures"] == 1


def test_a_row_that_cannot_be_read_is_sealed_with_its_reason(
    office: Office, database: Database, replica: Replica
) -> None:
    wrong = site(replica).letters[1]
    wrong.written_at += timedelta(days=400)
    run = gather(office, shipped("example_mailbox", replica), "测试")
    assert counts(run) == (6, 5, 0, 0, 1)
    with database.read() as connection:
        (row,) = crawl_runs.quarantined(connection, run["id"])
    assert row["reason"] == "来信时间在将来。"
    assert wrong.title in office.key.open(row["sealed"]).decode("unicode-escape")
    assert wrong.title.encode() not in row["sealed"]


def test_the_budget_of_a_day_is_counted_over_all_its_runs(
    office: Office, clock: FixedClock, replica: Replica
) -> None:
    source = shipped("example_mailbox", replica)
    few = source.politeness.model_copy(update={"requests_per_day": 10})
    source = source.model_copy(update={"politeness": few})
    assert gather(office, source, "测试")["fetched"] == 9
    clock.advance(hours=2)
    assert gather(office, source, "测试")["verdict"] == "budget_spent"
    assert len(replica.log) == 10
    clock.advance(days=1)
    assert gather(office, source, "测试")["verdict"] == "ok"


def test_a_site_elsewhere_needs_its_switch_and_our_contact(office: Office, replica: Replica) -> None:
    source = shipped("example_mailbox", replica).model_copy(update={"base_url": "https://www.binhai.example"})
    with pytest.raises(NotAllowed, match="停用"):
        gather(office, source, "测试")
    with pytest.raises(NotAllowed, match="联系方式") as caught:
        gather(office, source.model_copy(update={"enabled": True}), "测试")
    assert "crawl.contact" in caught.value.mend


def test_the_command_prints_the_contracts_shape_and_names_what_failed(
    data_dir: Path, replica: Replica
) -> None:
    run = Command(data_dir)
    done = run("crawl", "example_mailbox", "--base-url", replica.url, "--delay", "0", "--json")
    assert done.code == 0, done.out + done.err
    (one,) = done.json["runs"]
    names = {"run", "source", "verdict", "pages", "fetched", *COUNTS, "seconds", "message"}
    assert names <= set(one)
    assert one["read"] == one["stored"] + one["revised"] + one["duplicate"] + one["quarantined"] == 6
    replica.faults = {"status": 432}
    failed = run("crawl", "example_mailbox", "--base-url", replica.url, "--delay", "0", "--json")
    assert failed.code == 1
    assert failed.json["runs"][0]["verdict"] == "blocked_rate"
    assert run("crawl", "nothing_here", "--json").json["error"]["code"] == "source.not_found"
    assert run("crawl", "--json").code == 1


class DamagedSite(MailboxSite):
    """Every letter's page is damaged in its own way."""

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(count)
        self._dice = random.Random(seed)

    def answer(self, asked: Asked, faults: Mapping[str, Any], _now: datetime) -> Reply:
        reply = super().answer(asked, faults, _now)
        if asked.place == "/hdjl/detail.shtml" and isinstance(reply.body, bytes):
            reply.body = mutated(reply.body, self._dice)
        return reply


def test_no_row_is_lost_when_letters_are_damaged(office: Office) -> None:
    with Replica(DamagedSite(40, seed=3)) as replica:
        source = shipped("example_mailbox", replica)
        assert source.mailbox is not None
        assert source.mailbox.detail is not None
        detail = source.mailbox.detail.model_copy(update={"anchor": None})
        mailbox = source.mailbox.model_copy(update={"detail": detail})
        run = gather(office, source.model_copy(update={"mailbox": mailbox}), "测试")
    assert run["read"] == 40, run
    assert run["read"] == sum(run[name] for name in COUNTS[1:])
    assert run["quarantined"] > 0
    assert run["stored"] > 10


def test_a_source_behind_a_login_runs_only_with_approval_and_credential(data_dir: Path) -> None:
    run = Command(data_dir)
    with Replica(WeiboSite(5)) as replica:
        crawl = ("crawl", "weibo_search", "--base-url", replica.url, "--delay", "0", "--json")
        assert run(*crawl).json["error"]["code"] == "source.not_approved"
        assert run("sources", "approve", "weibo_search", "--note", "局办公会同意").code == 0
        assert run(*crawl).json["error"]["code"] == "credential.missing"
        assert replica.log == []
        given = subprocess.run(
            [sys.executable, "-m", "huiying", "sources", "credential", "weibo_search"],
            input=COOKIE,
            env=run.environment(),
            text=True,
            capture_output=True,
            check=False,
        )
        assert given.returncode == 0, given.stderr
        done = run(*crawl)
    assert done.code == 0, done.out
    assert done.json["runs"][0]["stored"] == 5
    assert COOKIE not in done.out


def test_rows_a_run_could_not_read_are_taken_out_mended_and_imported(
    data_dir: Path, tmp_path: Path, replica: Replica
) -> None:
    run = Command(data_dir)
    broken, out = site(replica).letters[2], tmp_path / "out.xlsx"
    broken.written_at = broken.written_at.replace(year=2030)
    crawled = run("crawl", "example_mailbox", "--base-url", replica.url, "--delay", "0", "--json")
    (row,) = crawled.json["runs"]
    assert (row["stored"], row["quarantined"]) == (5, 1)
    assert run("quarantine", "export", str(row["run"]), "--crawl", "--out", str(out)).code == 0
    assert out.stat().st_mode & 0o077 == 0
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    header, cells = (list(line) for line in sheet.iter_rows(values_only=True))
    assert cells[header.index("隔离原因")] == "来信时间在将来。"
    assert cells[header.index("信件编号")] == broken.code
    sheet.cell(2, header.index("来信时间") + 1).value = "2026-11-20 09:00"
    sheet.parent.save(out)  # type: ignore[union-attr]  # a sheet of a workbook has one
    brought = run("import", str(out), "--as", "mailbox", "--source", "example_mailbox", "--json")
    assert brought.json["total"]["stored"] == 1, brought.err
    none = run("quarantine", "export", "99", "--crawl")
    assert none.code != 0
    assert "没有隔离件" in none.err
