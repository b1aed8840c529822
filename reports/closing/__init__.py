"""Periods that stay as they were closed, and reports that prove themselves."""
