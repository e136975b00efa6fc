"""What a service is told."""

from collections.abc import Mapping

from attrs import field, frozen
from attrs.validators import ge, gt


@frozen(kw_only=True)
class ServeSettings:
    """Bounds of one service. Beyond a bound a client is answered at once, never left waiting."""

    token: str = field(repr=False)
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Names under which a client may address it: the `Host` header, without the port."""
    max_body: int = field(default=16 * 2**20, validator=gt(0))
    """Bytes of a request."""
    max_batch: int = field(default=4096, validator=ge(1))
    """Items of a request."""
    max_queued: int = field(default=16_384, validator=ge(1))
    """Items that are being judged or wait for it, over all requests."""
    deadline: float = field(default=600.0, validator=gt(0))
    """Seconds for one request from its first byte to its answer."""
    body_deadline: float = field(default=30.0, validator=gt(0))
    """Seconds for the body to arrive."""
    columns: Mapping[str, str] | None = None
    """Our field -> the client's, for rows from trainers; None takes fields by their own names."""
    gold: str | None = None
    """Our field that OpenRLHF's `labels` go to where a label is no object."""
