"""The published JSON Schemas of the three reports."""

import json
from importlib.resources import files
from typing import Any

NAMES = ("manifest", "quality_report", "timing_report")


def schema(name: str) -> dict[str, Any]:
    """The schema of one of `NAMES`."""
    text = files("fastdistill.schemas").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
