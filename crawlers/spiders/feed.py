"""RSS and Atom: what media write, as they offer it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from core.vocabulary import Verdict
from crawlers.letters import signature
from crawlers.parsing.text import clean_text
from crawlers.reading.fields import as_text
from crawlers.spiders.base import Ask, GatheringSpider, Page, Requests
from crawlers.verdicts import Answer, Shape

_CONTAINERS = {"channel", "feed", "RDF"}
_ENTRIES = {"item", "entry"}
# Field → the elements that may hold it, the best first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "native_id": ("guid", "id", "link"),
    "title": ("title",),
    "body": ("encoded", "content", "description", "summary"),
    "created_at": ("pubDate", "published", "date", "updated"),
    "author": ("creator", "author"),
    "category": ("category",),
}


class FeedSpider(GatheringSpider):
    """Reads one feed; entries that say nothing of the office are passed over."""

    def begin(self) -> Requests:
        """The feed."""
        plan = self.job.source.feed
        if plan is None:
            raise ValueError("the source has no feed part")
        self.words = plan.containing
        return [self.ask(Ask(plan.path, self._read, Shape(kind="xml"), is_entry=True))]

    def _read(self, page: Page) -> Requests:
        root = _parse(page.text)
        if root is None:
            self.stop(Verdict.TRUNCATED, "订阅源不完整", Answer(200, page.url, page.text))
        elif not any(_name(one) in _CONTAINERS for one in root.iter()):
            self.stop(Verdict.FORMAT_CHANGED, "不是 RSS 或 Atom", Answer(200, page.url, page.text))
        else:
            entries = [_values(one) for one in root.iter() if _name(one) in _ENTRIES]
            wanted = [one for one in entries if self._concerns_us(one)]
            if not wanted:
                self.run.verdicts[Verdict.EMPTY_PROVEN.value] += 1
            for values in wanted:
                self._take(values)
        return ()

    def _concerns_us(self, values: Mapping[str, str]) -> bool:
        text = values.get("title", "") + values.get("body", "")
        return not self.words or any(word in text for word in self.words)

    def _take(self, values: dict[str, str]) -> None:
        self.run.rows += 1
        link = values.pop("link", "")
        url = link if link.startswith(("https://", "http://")) else ""
        self.keep(self.letters.record(values, url), values, url, signature(values))


def _parse(text: str) -> Any:
    """The root of a feed; None where it is no whole XML. No entity is opened, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _values(entry: Any) -> dict[str, str]:
    texts: dict[str, str] = {}
    for child in entry:
        name = _name(child)
        said = (
            (child.get("href") or "") if name == "link" and child.get("href") else "".join(child.itertext())
        )
        if name and said.strip() and (name not in texts):
            texts[name] = said
    values = {
        field: text
        for field, names in _NAMES.items()
        if (text := next((as_text(texts[name]) for name in names if name in texts), ""))
    }
    return {**values, "link": clean_text(texts.get("link", ""))}
