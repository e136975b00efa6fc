"""What providers that speak HTTP share: a fast transport, one bounded exchange, errors by kind.

Public for plugin authors. Nothing here retries, paces or caches: that is the engine's.
A `plugin.py` leaves importing this to `open`.
"""

from fastdistill.http.address import normalised
from fastdistill.http.exchange import Answer, Line
from fastdistill.http.failures import Said, failure, kind_of, said
from fastdistill.http.limits import rate_hint, retry_after
from fastdistill.http.message import read_count, read_message, read_usage
from fastdistill.http.reasoning import split_thinking
from fastdistill.http.transport import open_transport

__all__ = [
    "Answer",
    "Line",
    "Said",
    "failure",
    "kind_of",
    "normalised",
    "open_transport",
    "rate_hint",
    "read_count",
    "read_message",
    "read_usage",
    "retry_after",
    "said",
    "split_thinking",
]
