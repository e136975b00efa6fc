"""The service's description, for people and for machines."""

from html import escape
from typing import Any

_VERIFIED = {
    "type": "object",
    "properties": {
        "outcome": {"enum": ["pass", "reject", "error"]},
        "reward": {"type": ["number", "null"], "description": "1, 0, or null where it is undecided"},
        "reason": {"type": ["string", "null"]},
        "detail": {"type": "string"},
        "answer": {"type": ["string", "null"]},
        "verdicts": {"type": "array", "items": {"type": "object"}},
    },
}
_ITEM = {
    "type": "object",
    "required": ["task", "reply"],
    "properties": {
        "task": {"type": "object", "description": "a row as in a task file"},
        "reply": {"type": "string"},
    },
}
_WHAT = {
    "/verify": ("Judge one reply, or many as `items`.", _ITEM, _VERIFIED),
    "/nemo-gym/verify": ("NeMo Gym's verify call; an undecided reply is 503.", {"type": "object"}, {}),
    "/get_reward": (
        "OpenRLHF's remote reward model call; an undecided reply is 503.",
        {"type": "object"},
        {},
    ),
}


def document(scenario: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    paths: dict[str, Any] = {
        path: {
            "post": {
                "summary": summary,
                "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
                "responses": {
                    "200": {"description": "judged", "content": {"application/json": {"schema": answer}}},
                    "4XX": {"description": "refused: reason and detail"},
                    "503": {"description": "busy, out of time or undecided; come again after Retry-After"},
                },
            }
        }
        for path, (summary, asked, answer) in _WHAT.items()
    }
    paths["/healthz"] = {
        "get": {"summary": "Whether it serves.", "responses": {"200": {"description": "ok"}}}
    }
    paths["/metrics"] = {
        "get": {"summary": "Prometheus' text.", "responses": {"200": {"description": "counts and times"}}}
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Fast Distill verifier: {scenario}", "version": version},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": paths,
    }


def page(described: dict[str, Any]) -> str:
    """Return the document as a page that needs no network."""
    rows = "".join(
        f"<tr><td>{escape(method.upper())}</td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(what['summary'])}</td></tr>"
        for path, methods in described["paths"].items()
        for method, what in methods.items()
    )
    title = escape(described["info"]["title"])
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        "<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:46rem;padding:0 1rem}"
        "td{padding:.3rem 1rem .3rem 0;vertical-align:top}</style>"
        f"<h1>{title}</h1><table>{rows}</table>"
        "<p>The machine-readable description is <code>/openapi.json</code>.</p></html>"
    )
