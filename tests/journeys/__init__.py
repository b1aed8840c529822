"""Whole behaviours, end to end."""
