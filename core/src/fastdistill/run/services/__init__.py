"""What a run provides to the plugins that it opens."""
