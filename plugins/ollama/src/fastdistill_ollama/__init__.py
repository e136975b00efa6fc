"""Teachers behind an Ollama server, asked by its native API."""
