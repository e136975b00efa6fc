"""The way of a candidate through the gates of a run."""
