"""What tasks and replies have in common with benchmarks, and tasks with each other."""
