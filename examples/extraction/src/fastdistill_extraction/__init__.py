"""Fields of a text as JSON, against a schema."""
