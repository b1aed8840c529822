"""The search index that the settings name."""

from __future__ import annotations

from pathlib import Path

from core.settings import SearchSettings
from storage.search.port import SearchIndex


def open_index(settings: SearchSettings, data_dir: Path) -> SearchIndex:
    """Elasticsearch where an address is set, else tantivy in the data folder; nothing is sent or made yet."""
    if settings.url is None:
        from storage.search.tantivy_index import TantivyIndex

        return TantivyIndex(data_dir / "search")
    # Half a second to import, which an office without a server need not wait for.
    from storage.search.elastic_client import ServerSettings
    from storage.search.elastic_index import ElasticIndex

    return ElasticIndex(
        ServerSettings(
            urls=[url.strip() for url in settings.url.get_secret_value().split(",") if url.strip()],
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            ca_file=str(settings.ca_file) if settings.ca_file else None,
            prefix=settings.index,
        )
    )
