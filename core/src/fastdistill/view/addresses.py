"""Filters and cursors as they stand in an address."""

from collections.abc import Mapping
from urllib.parse import urlencode

import attrs

from fastdistill.run.ledger.filters import SORTS, Filters, Sort

LONGEST = 500
"""Characters of a value."""


def filters_of(query: Mapping[str, str]) -> Filters:
    """Return the filters that an address asks for; what is none of them is passed over."""
    names = [one.name for one in attrs.fields(Filters) if one.name != "sort"]
    found = {name: query.get(name, "")[:LONGEST].strip() for name in names}
    sort: Sort = next((one for one in SORTS if one == query.get("sort")), "source")
    return Filters(**found, sort="source" if found["text"] else sort)


def query_of(filters: Filters, **more: object) -> str:
    """Return the query of an address, with its question mark; empty values are left out."""
    values = {
        name: str(value)
        for name, value in (attrs.asdict(filters) | more).items()
        if value not in ("", None)
    }
    if values.get("sort") == "source":
        del values["sort"]
    return f"?{urlencode(values)}" if values else ""
