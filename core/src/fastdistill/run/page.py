"""The page: one self-contained HTML file that shows what the reports say."""

import html
import sqlite3
from collections.abc import Mapping
from typing import Any


def render(
    ledger: sqlite3.Connection, quality: Mapping[str, Any], timing: Mapping[str, Any], scenario: str
) -> str:
    """The page's text."""
    return f"<!doctype html><title>{html.escape(scenario)}</title>"
