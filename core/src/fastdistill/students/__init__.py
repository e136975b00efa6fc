"""What became of the data: a student measured, compared and diagnosed through the same gates."""
