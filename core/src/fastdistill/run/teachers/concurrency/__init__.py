"""How many requests an endpoint is given at once: the limiter and what it measures."""
