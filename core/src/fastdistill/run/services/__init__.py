"""What a run lends to the plugins that it opens."""
