"""docs/adding-a-source.md, followed to the letter, leads from nothing to a working mailbox."""

from __future__ import annotations

import re
from pathlib import Path

from tests.command import Command
from tests.replicas.mailbox import MailboxSite
from tests.replicas.server import Replica

PAGE = (Path(__file__).parents[2] / "docs" / "adding-a-source.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_leads_to_a_working_mailbox(data_dir: Path) -> None:
    (text,) = blocks("yaml")
    (data_dir / "sources").mkdir()
    (data_dir / "sources" / "my_mailbox.yml").write_text(text, "utf-8")
    run = Command(data_dir)
    with Replica(MailboxSite(3)) as replica:
        local = ("--base-url", replica.url, "--delay", "0")
        commands = [line.split()[1:] for block in blocks("sh") for line in block.splitlines()]
        assert [one[0] for one in commands] == ["sources", "crawl", "messages"]
        checked, crawled, _ = commands
        check = run(*checked, *local)
        assert check.code == 0, check.out + check.err
        assert "可以使用" in check.out
        assert "没有找到" not in check.out
        assert run("messages", "--json").json["total"] == 0, "a check stores nothing"
        assert run(*crawled, *local).code == 0
        assert run("messages", "--json").json["total"] == 3


def test_a_wrong_selector_is_named_by_the_check(data_dir: Path) -> None:
    (text,) = blocks("yaml")
    (data_dir / "sources").mkdir()
    wrong = text.replace("div.letter-content", "div.no-such-thing")
    (data_dir / "sources" / "my_mailbox.yml").write_text(wrong, "utf-8")
    with Replica(MailboxSite(3)) as replica:
        check = Command(data_dir)("sources", "check", "my_mailbox", "--base-url", replica.url, "--delay", "0")
    assert re.search(r"body +没有找到，请检查选择器", check.out)
