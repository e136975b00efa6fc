"""The durable memory of a run: one SQLite file, and all that is read from it."""
