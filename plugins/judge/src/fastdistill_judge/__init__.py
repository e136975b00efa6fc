"""An LLM judge: a gate that asks a model's opinion of what the cheaper gates let pass."""
