"""Where the tests find a real Elasticsearch server."""

from __future__ import annotations

URL_VARIABLE = "HUIYING_TEST_ELASTICSEARCH_URL"
