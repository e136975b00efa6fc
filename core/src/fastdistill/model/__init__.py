"""The records of a run: frozen, without I/O, knowing no converter."""
