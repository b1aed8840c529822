"""Gather messages: spiders, imports and the catalogue of sources."""
