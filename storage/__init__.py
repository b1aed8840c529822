"""Everything that touches SQL or the search index."""
