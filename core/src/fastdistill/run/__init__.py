"""The data plane: sources, teachers, gates, ledger, exports and reports of one run."""
