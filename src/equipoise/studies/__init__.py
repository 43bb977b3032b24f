"""One registered study: its record, its reading, its labels, and what changed between versions."""
