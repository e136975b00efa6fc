"""Runs past one process: shards side by side on this machine or a cluster, one budget, one result."""
