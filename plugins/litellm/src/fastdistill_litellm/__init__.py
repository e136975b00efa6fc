"""Teachers behind everything that LiteLLM reaches. Tier 2: best effort."""
