"""Writes new plugin packages from templates: what `fd new` puts on disk."""
