"""Teachers behind any chat-completions endpoint: OpenAI's own, and all that speak its dialect."""
