"""Beside the web: due sources are run by themselves, what is wrong is told to the administrator once."""

from __future__ import annotations

import time
from pathlib import Path

from api.security.accounts import NewPerson, add_person
from core.clock import FixedClock
from core.vocabulary import Role
from crawlers.catalog import shipped_folder
from huiying.gathering_loop import GatheringLoop
from huiying.local_jobs import LocalJobs
from huiying.office import Office
from storage import channels, crawl_runs, source_states, tables
from storage.database import Connection, Database, Row
from tests.replicas.mailbox import MailboxSite
from tests.replicas.server import Replica


def outbox_bodies(connection: Connection) -> list[str]:
    """What was written to people."""
    found = connection.execute(tables.notices.select()).mappings()
    return [row["body"] for row in found if row["kind"] == "source_trouble"]


def own_source(data_dir: Path, replica: Replica) -> None:
    """The example as the office's own, switched on, at the replica."""
    text = (shipped_folder() / "example_mailbox.yml").read_text("utf-8")
    text = text.replace("https://www.binhai.example", replica.url).replace("enabled: false", "enabled: true")
    (data_dir / "sources").mkdir(exist_ok=True)
    path = data_dir / "sources" / "own_mailbox.yml"
    path.write_text(text.replace("delay_seconds: 5", "delay_seconds: 0"), "utf-8")


def crawls(loop: GatheringLoop) -> LocalJobs:
    """A runner of this process, not started."""
    return LocalJobs(lambda job: loop.carry_out(int(job.values["run"] or 0)), {})


def finished(office: Office) -> list[Row]:
    """The finished runs, waited for a while."""
    for _ in range(600):
        with office.database.read() as connection:
            rows = crawl_runs.recent(connection, "own_mailbox", 10)
        if rows and all(row["state"] == crawl_runs.FINISHED for row in rows):
            return list(rows)
        time.sleep(0.1)  # another process works; there is nothing to wait on
    raise AssertionError("the run does not end")


def test_a_due_source_is_run_once_and_again_after_its_cadence(
    office: Office, clock: FixedClock, data_dir: Path
) -> None:
    with Replica(MailboxSite(3)) as replica:
        own_source(data_dir, replica)
        loop = GatheringLoop(office)
        assert len(loop.plan()) == 1
        # Found by two processes, added once; carried out twice, done once.
        jobs = crawls(loop)
        assert (loop.run_waiting(jobs), loop.run_waiting(jobs)) == (1, 0)
        other = crawls(loop)
        assert loop.run_waiting(other) == 1
        jobs.start()
        other.start()
        (run,) = finished(office)
        assert (run["verdict"], run["stored"], run["trigger"]) == ("ok", 3, "schedule")
        assert loop.plan() == []
        clock.advance(minutes=61)
        assert len(loop.plan()) == 1
        loop.stop()
        jobs.stop()
        other.stop()


def test_a_trouble_is_told_to_the_administrator_once(
    office: Office, database: Database, clock: FixedClock, data_dir: Path
) -> None:
    with Replica(MailboxSite(3)) as replica:
        own_source(data_dir, replica)
        replica.faults = {"no_table": True}
        with database.write() as connection:
            channels.ensure_console(connection, office.key, clock.now())
            new = NewPerson("guanli", "李", Role.ADMIN, "", "口令口令口令口令", must_change_password=False)
            add_person(connection, new, actor="测试", now=clock.now())
        loop = GatheringLoop(office)
        loop.plan()
        jobs = crawls(loop)
        jobs.start()
        loop.run_waiting(jobs)
        (run,) = finished(office)
        assert run["verdict"] == "format_changed"
        loop.tell()
        loop.tell()
        clock.advance(minutes=1)
        loop.tell()
        loop.stop()
        jobs.stop()
    with database.read() as connection:
        rows = outbox_bodies(connection)
        assert source_states.all_states(connection)["own_mailbox"]["failures"] == 1
    assert len(rows) == 1
    assert "页面结构变了" in rows[0]
