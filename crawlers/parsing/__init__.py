"""Readings shared by imports and spiders: text, dates, numbers. Pure."""
