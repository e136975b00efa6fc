"""`fd view`: a run in the browser. The server needs the extra `serve`; the single page needs nothing."""
