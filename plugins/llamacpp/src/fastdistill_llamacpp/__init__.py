"""The embedded teacher: a GGUF model in this very process."""
