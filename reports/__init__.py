"""Figures counted from history, and the papers made of them."""
