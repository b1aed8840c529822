"""What an administrator may set, from `config.toml` and the environment.

Order: built-in default, then the TOML file, then `HUIYING_SECTION__NAME`. Unknown keys are errors. The value
is built once at the edge and passed down; no other module reads the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.errors import SettingsError

PREFIX = "HUIYING_"
# Read before the settings exist, or by the tests alone.
_OUTSIDE = (f"{PREFIX}CONFIG", f"{PREFIX}TEST_")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OfficeSettings(_Section):
    """The office itself."""

    name: str = Field("本单位", description="单位名称，显示在页面和报表上。")
    go_live_on: date | None = Field(
        None,
        description="启用日期。此前收到的来文计入报表，列为历史未办，不提醒任何人。不填则为建库当日。",
    )
    day_ends_at: time | None = Field(
        None,
        description="最后一天截止的钟点（民法典第二百零三条的停止业务活动的时间）。不填则为24:00。",
    )
    due_soon_hours: int = Field(24, ge=1, le=240, description="剩余多少小时以内算“即将到期”（小时）。")


class DatabaseSettings(_Section):
    """Where the truth is kept."""

    url: SecretStr | None = Field(
        None,
        description="数据库地址。不填则用数据目录中的SQLite。例：postgresql+psycopg://用户:口令@主机/库名",
    )


class SearchSettings(_Section):
    """Where the search index is kept."""

    url: SecretStr | None = Field(
        None,
        description="Elasticsearch 8.x 或 9.x 的地址，多个节点用逗号隔开。不填则用数据目录中的内置索引。",
    )
    api_key: SecretStr | None = Field(
        None, description="Elasticsearch 的 API 密钥（编码后的一串）。只放环境变量。"
    )
    ca_file: Path | None = Field(
        None, description="签发 Elasticsearch 证书的机构证书（PEM 文件）。不填则用系统信任的机构。"
    )
    index: str = Field(
        "huiying",
        pattern=r"^[a-z][a-z0-9_-]{0,39}$",
        description="Elasticsearch 中索引和别名的名称前缀，几个单位共用一套服务器时要各不相同。",
    )


class ServerSettings(_Section):
    """The web server."""

    host: str = Field("127.0.0.1", description="监听地址。默认只有本机能访问。")
    port: int = Field(8000, ge=1, le=65535, description="监听端口。")
    secure_cookies: bool = Field(False, description="经HTTPS提供服务时设为true:登录凭据只经加密连接发送。")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="人员打开本系统的地址，例如https://huiying.example.gov.cn。填写后提醒中附签收链接。",
    )
    requests_per_minute: int = Field(
        600, ge=10, le=100_000, description="每个接口令牌每分钟最多请求的次数，所有进程合计（次）。"
    )
    session_hours: int = Field(12, ge=1, le=168, description="登录后多少小时失效（小时）。")


class WatchSettings(_Section):
    """Watching the watchman."""

    lag_seconds: int = Field(
        60, ge=5, le=3600, description="提醒或紧急通知落后多少秒算异常，/health 随之变红（秒）。"
    )
    ping_url: SecretStr | None = Field(
        None, description="一切正常时定时访问的外部地址；对方收不到就报警。不填则不访问。"
    )
    ping_seconds: int = Field(60, ge=10, le=3600, description="每隔多少秒访问一次（秒）。")
    ping_allow_private: bool = Field(False, description="该地址在单位内网时设为true。")


class ImportSettings(_Section):
    """Reading exported files."""

    batch_rows: int = Field(1000, ge=1, le=20000, description="每批写入的行数（行）。")
    stop_rejected_share: float = Field(
        0.2, ge=0, le=1, description="读不了的行超过已读的这个比例(0到1)就停下来问人；1 为从不停。"
    )
    stop_rejected_rows: int = Field(20, ge=1, description="读不了的行不到这么多时，不因比例停下（行）。")


class CrawlSettings(_Section):
    """Gathering from sites."""

    contact: str = Field(
        "",
        pattern=r"^[ -~]*$",
        description="采集时向对方网站表明身份的联系方式（英文字符：邮箱、电话或网址）。不填则不采集外部网站。",
    )
    concurrent_runs: int = Field(2, ge=1, le=16, description="同时采集多少个来源（个）。")
    batch_rows: int = Field(200, ge=1, le=5000, description="采集时每批写入的条数（条）。")


class AnalysisSettings(_Section):
    """What the analysis puts messages into."""

    topics: str = Field(
        "领域",
        min_length=1,
        description="领域方案：领域（自带十四个，含五个热点领域）、热点（只分热点领域）、十五类、七类，或本单位方案文件的路径。",
    )


class WechatSettings(_Section):
    """The office's WeChat official account."""

    token: SecretStr | None = Field(
        None, description="公众号后台“服务器配置”中的令牌。不填则不接收推送。推送地址为 /wx。"
    )
    aes_key: SecretStr | None = Field(None, description="消息加解密密钥（43个字符）；安全模式必填。")
    app_id: str = Field("", description="公众号的 AppID；安全模式必填。")


class Settings(BaseSettings):
    """Everything that may be set; frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Field(Path("data"), description="数据目录：数据库、隔离件、密钥都在其中。")
    now: datetime | None = Field(None, description="把“现在”固定为某一时刻，用于重做报表；服务运行时不可用。")
    office: OfficeSettings = OfficeSettings()
    database: DatabaseSettings = DatabaseSettings()
    search: SearchSettings = SearchSettings()
    server: ServerSettings = ServerSettings()
    watch: WatchSettings = WatchSettings()
    imports: ImportSettings = ImportSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    wechat: WechatSettings = WechatSettings()
    crawl: CrawlSettings = CrawlSettings()

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("要写明时区，例如 2026-09-30T09:00+08:00")
        return value

    @property
    def database_url(self) -> str:
        """The configured address, or SQLite in the data folder."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'huiying.db'}"


def load_settings(environment: Mapping[str, str], config: Path | None = None, **given: Any) -> Settings:
    """Read the settings once.

    Args:
        environment: the process environment.
        config: the TOML file; when None, the file `HUIYING_CONFIG` names, or `config.toml` where it stands.
        given: values from the command line, which win.

    Raises:
        SettingsError: a named file is missing or is no TOML, a key is unknown, or a value does not fit.
    """
    path = _config_path(environment, config)

    class FromHere(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            _refuse_unknown(environment, settings_cls)
            sources = [init_settings, env_settings]
            if path is not None:
                sources.append(TomlConfigSettingsSource(settings_cls, toml_file=path))
            return tuple(sources)

    try:
        loaded = FromHere(**given)
    except ValidationError as error:
        raise SettingsError(_first_problem(error), mend="请对照 config.example.toml 改正。") from error
    except ValueError as error:
        raise SettingsError(f"配置文件 {path} 不是合法的 TOML:{error}。", mend="请改正后再试。") from error
    return loaded


def _config_path(environment: Mapping[str, str], config: Path | None) -> Path | None:
    named = config or (Path(environment[f"{PREFIX}CONFIG"]) if environment.get(f"{PREFIX}CONFIG") else None)
    if named is None:
        return Path("config.toml") if Path("config.toml").is_file() else None
    if not named.is_file():
        raise SettingsError(f"找不到配置文件 {named}。", mend="请检查路径，或去掉这个参数。")
    return named


def _refuse_unknown(environment: Mapping[str, str], settings: type[BaseSettings]) -> None:
    """An environment name under our prefix that sets nothing is a typing error, not a wish."""
    sections = {
        name: set(getattr(field.annotation, "model_fields", {}))
        for name, field in settings.model_fields.items()
    }
    for name in environment:
        if not name.startswith(PREFIX) or name.startswith(_OUTSIDE):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if section not in sections or (key and key not in sections[section]):
            raise SettingsError(f"不认识的环境变量 {name}。", mend="请对照 docs/settings.md 检查拼写。")


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"配置中有不认识的项 {where}。"
    return f"配置项 {where} 的值不对：{problem['msg']}。"
