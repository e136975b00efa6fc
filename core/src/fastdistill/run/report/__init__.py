"""What a run leaves beside its ledger: exports, reports, page and manifest."""
