"""The failure scenarios of the response half, each test named by its id (docs/scenarios.md)."""
