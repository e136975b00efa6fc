"""Mathematics for Fast Distill: read an answer out of a reply, and say whether it equals the gold."""
