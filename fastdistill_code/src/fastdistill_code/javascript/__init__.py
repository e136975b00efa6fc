"""JavaScript through Node, by the same seam: `open_node` gives a runner for jobs in JavaScript."""
