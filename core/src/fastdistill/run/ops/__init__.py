"""What `fd` does with a finished run."""
