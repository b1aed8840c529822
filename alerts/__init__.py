"""From "this needs handling" to "answered in time": triage, clocks, escalation, notices."""
