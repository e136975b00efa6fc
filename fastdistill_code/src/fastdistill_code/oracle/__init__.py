"""Stronger oracles: further inputs for a task, made near its own ones and chosen against broken golds."""
