"""First-run set-up: the office, its sections, people and channels from one workbook."""
