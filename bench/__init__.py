"""Repeatable measurements; each compares with the plain alternative in one run and prints a ratio."""
