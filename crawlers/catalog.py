"""The catalogue of sources: one YAML file each, checked whole before anything is fetched.

A site is data first. The files that ship stand in `crawlers/sources/`; an office puts its own into the
folder `sources` of its data folder, where a file of the same name takes the place of the shipped one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import InvalidInput, NotFound
from core.vocabulary import Channel, Route
from crawlers.reading.fields import FieldRule, check_rule

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Path_ = Annotated[str, Field(pattern=r"^/")]
Fields = Mapping[str, FieldRule]
# What a row or a letter may be read into.
FIELDS = frozenset(
    {
        "native_id",
        "url",
        "title",
        "body",
        "created_at",
        "author",
        "author_key",
        "section",
        "area",
        "category",
        "kind",
        "status",
        "reply",
        "reply_at",
        "reply_org",
    }
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Legal(_Part):
    """By which right the source is gathered, and who says so."""

    note: str = Field(min_length=4)
    approved_by: str = Field(min_length=2)


class Cadence(_Part):
    """How often it is fetched, and after how long without a new message it counts as silent."""

    every_minutes: int = Field(ge=5, le=10_080)
    silent_after_hours: int = Field(ge=1, le=8_760)


class Politeness(_Part):
    """How hard the site may be asked; one connection per host unless the site's owner agreed to more."""

    delay_seconds: float = Field(5, ge=0, le=600)
    requests_per_day: int = Field(500, ge=1, le=100_000)
    connections: int = Field(1, ge=1, le=16)
    robots: Literal["obey", "not_applicable"] = "obey"


class Expect(_Part):
    """What a run usually brings, so that "nothing" is noticed."""

    min_rows: int = Field(0, ge=0)
    max_rows: int = Field(5_000, ge=1)


class Limits(_Part):
    """How long and how big one run may become."""

    minutes: float = Field(30, gt=0, le=600)
    memory_mb: int = Field(512, ge=128, le=4_096)


class Csrf(_Part):
    """A token printed in the first page that each later request must carry."""

    regex: str
    header: str

    @field_validator("regex")
    @classmethod
    def _one_group(cls, value: str) -> str:
        if re.compile(value).groups != 1:
            raise ValueError("regex 要有且只有一对括号，括号里是令牌")
        return value


class Warmup(_Part):
    """A page that is opened first, for its cookie and its token."""

    path: Path_
    csrf: Csrf | None = None


class Listing(_Part):
    """How the list is asked for, turned over and read. `{page}`, `{offset}` and `{limit}` are filled in."""

    format: Literal["html", "json", "js", "jcms"] = "html"
    path: Path_
    first_path: Path_ | None = None
    method: Literal["GET", "POST"] = "GET"
    form: Mapping[str, str] | None = None
    json_body: Mapping[str, str | int | None] | None = None
    headers: Mapping[str, str] = {}
    first_page: int = Field(1, ge=0, le=1)
    page_size: int = Field(20, ge=1, le=1_000)
    max_pages: int = Field(10, ge=1, le=1_000)
    rows: str
    anchor: str | None = None
    # `path=value` in a JSON answer; a piece of the page's text or a selector in HTML.
    empty: str | None = None
    ok: str | None = None
    total_rows: str | None = None
    total_pages: str | None = None
    end: Literal["no_rows", "not_found", "same_as_previous", "total_pages"] = "same_as_previous"
    header_map: Mapping[str, str] | None = None
    fields: Fields = {}


class Detail(_Part):
    """Where the letter itself stands and how it is read."""

    format: Literal["html", "json"] = "html"
    path: Path_ | None = None
    anchor: str | None = None
    closing: str = "</html>"
    gone: str = "信件不存在"
    fields: Fields = {}
    # Label text → field, for pages that name each value beside it.
    labels: Mapping[str, str] = {}
    labels_in: str = "li, td, th, p, div"


class MailboxPlan(_Part):
    """The plan of a list of letters, each with a page of its own or complete in its row."""

    warmup: Warmup | None = None
    list: Listing
    detail: Detail | None = None
    month_first: bool = False
    recheck_days: int = Field(45, ge=0, le=365)

    @model_validator(mode="after")
    def _complete(self) -> MailboxPlan:
        named = {*self.list.fields, *(self.list.header_map or {}).values()}
        later = {*self.detail.fields, *self.detail.labels.values()} if self.detail else set()
        unknown = (named | later) - FIELDS
        if unknown:
            raise ValueError(f"不认识的字段 {'、'.join(sorted(unknown))}；可用 {'、'.join(sorted(FIELDS))}")
        if not {"title", "body"} & (named | later):
            raise ValueError("标题和正文至少要读出一个")
        if "created_at" not in named | later:
            raise ValueError("没有说来信时间（created_at）在哪里")
        # A title in a table brings the address of its letter.
        has_link = "url" in named or "title" in (self.list.header_map or {}).values()
        if self.detail and not self.detail.path and not has_link:
            raise ValueError("有 detail 而列表里没有 url,也没有 detail.path,打不开信件")
        rules = [*self.list.fields.values(), *(self.detail.fields.values() if self.detail else ())]
        for rule in rules:
            check_rule(rule)
        return self


class BoardPlan(_Part):
    """人民网领导留言板: which forums."""

    forums: tuple[int, ...] = Field(min_length=1)
    page_size: int = Field(20, ge=5, le=100)
    max_pages: int = Field(20, ge=1, le=500)
    recheck_days: int = Field(45, ge=0, le=365)


class WeiboPlan(_Part):
    """Weibo: what is asked of the official interface, of the hot list or of the search."""

    call: Literal["mentions", "comments_to_me", "comments_mentions", "hot_search", "search"]
    keywords: tuple[str, ...] = ()
    page_size: int = Field(50, ge=1, le=200)
    max_pages: int = Field(10, ge=1, le=50)


class FeedPlan(_Part):
    """RSS or Atom: where the feed is, and which of its entries concern the office (all when empty)."""

    path: Path_
    containing: tuple[str, ...] = ()


class Source(_Part):
    """One source of the catalogue; its key is the name of its file."""

    key: str = Field(pattern=f"^{KEY.pattern}$")
    name: str = Field(min_length=2)
    publisher: str = Field(min_length=2)
    channel: Channel
    adapter: Literal["mailbox", "board", "weibo_api", "weibo_hot", "weibo_search", "feed"]
    base_url: str
    route: Route
    legal: Legal
    enabled: bool
    off_because: str = ""
    unverified: tuple[str, ...] = ()
    needs_credential: bool = False
    cadence: Cadence
    politeness: Politeness = Politeness()
    expect: Expect = Expect()
    limits: Limits = Limits()
    mailbox: MailboxPlan | None = None
    board: BoardPlan | None = None
    weibo: WeiboPlan | None = None
    feed: FeedPlan | None = None

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return checked_base(value)

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        part = "weibo" if self.adapter.startswith("weibo") else self.adapter
        if getattr(self, part) is None:
            raise ValueError(f"adapter 是 {self.adapter}，要写 {part} 一节")
        if self.enabled and self.route not in {Route.OFFICIAL, Route.OPEN}:
            raise ValueError("需要登录的来源(route C)要由管理员批准后启用，文件里只能写 enabled: false")
        if not self.enabled and not self.off_because:
            raise ValueError("停用的来源要写 off_because")
        if self.politeness.robots == "not_applicable" and self.route is not Route.OFFICIAL:
            raise ValueError("只有官方接口(route A)可以不看 robots.txt")
        return self

    @property
    def host(self) -> str:
        """The only host this source may be asked for."""
        return urlsplit(self.base_url).netloc

    def at(self, base_url: str | None) -> Source:
        """The same source under another address, for a copy of the site."""
        return self.model_copy(update={"base_url": checked_base(base_url)}) if base_url else self


def checked_base(value: str) -> str:
    """A base address without its last slash.

    Raises:
        ValueError: it is no http address of a host, or carries a name and password.
    """
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise ValueError(f"地址 {value} 不对，要像 https://www.example.gov.cn")
    return value.rstrip("/")


def is_loopback(source: Source) -> bool:
    """Whether the source stands on this machine."""
    return urlsplit(source.base_url).hostname in _LOOPBACK


class Catalog:
    """All sources, by key."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.key: source for source in sources}

    def __iter__(self) -> Any:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

    def get(self, key: str) -> Source:
        """One source.

        Raises:
            NotFound: the catalogue has none of that key.
        """
        if key not in self._sources:
            raise NotFound(
                f"没有来源“{key}”。", mend="用 huiying sources list 查看全部来源。", code="source.not_found"
            )
        return self._sources[key]


def shipped_folder() -> Path:
    """Where the sources that ship stand."""
    return Path(__file__).parent / "sources"


def load_catalog(data_dir: Path) -> Catalog:
    """The shipped sources and the office's own; the office's file wins where both have one.

    Raises:
        InvalidInput: a file is no YAML or breaks a rule; the sentence names file, place and reason.
    """
    files = {path.stem: path for path in sorted(shipped_folder().glob("*.yml"))}
    files |= {path.stem: path for path in sorted((data_dir / "sources").glob("*.yml"))}
    return Catalog(read_source(path) for _, path in sorted(files.items()))


def read_source(path: Path) -> Source:
    """One file of the catalogue.

    Raises:
        InvalidInput: see `load_catalog`.
    """
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
        if not isinstance(given, dict):
            raise _refused(path, "内容应当是“名称: 值”的形式")
        return Source(key=path.stem, **given)
    except ValidationError as error:
        raise _refused(path, _first_problem(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise _refused(path, f"不是合法的 YAML({str(error).splitlines()[0]})") from error


def _refused(path: Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"来源文件 {path.name} 有误：{reason}。",
        mend="请对照 docs/adding-a-source.md 改正。",
        code="source.invalid",
        field=path.stem,
    )


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    kinds = {"extra_forbidden": "不认识的项", "missing": "缺少"}
    if problem["type"] in kinds:
        return f"{kinds[problem['type']]} {where}"
    text = problem["msg"].removeprefix("Value error, ")
    return f"{where}:{text}" if where else text
