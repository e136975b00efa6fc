"""The way from a question to a teacher's answer: identity, cache, pacing, retries, endpoints, batches."""
