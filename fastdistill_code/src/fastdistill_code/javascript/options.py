"""The tables of the JavaScript scenario and gate in the run file."""

from attrs import field, frozen
from attrs.validators import ge, gt, in_, optional

from fastdistill_code.jobs import MIB, Limits
from fastdistill_code.rows import LimitsRow


@frozen(kw_only=True)
class NodeOptions:
    """`[exec_evals.node]`."""

    path: str | None = None
    """Node's program; the one on the PATH unless given."""
    cpu_seconds: float = field(default=3.0, validator=gt(0))
    """CPU time of loading and of each call: the candidate's fault when exceeded."""
    wall_seconds: float = field(default=30.0, validator=gt(0))
    memory_mb: int = field(default=512, validator=ge(64))
    output_bytes: int = field(default=4 * MIB, validator=ge(1024))
    sandbox: str | None = field(default=None, validator=optional(in_(("full", "namespaces", "confined"))))
    """Exactly this level; the strongest one unless given."""
    parallel: int | None = field(default=None, validator=optional(ge(1)))

    def limits(self, row: LimitsRow) -> Limits:
        """What a call of a task may use."""
        cpu = row.cpu_seconds if row.cpu_seconds is not None else self.cpu_seconds
        return Limits(
            cpu_seconds=cpu,
            wall_seconds=max(self.wall_seconds, 4 * cpu),
            memory_bytes=(row.memory_mb if row.memory_mb is not None else self.memory_mb) * MIB,
            output_bytes=row.output_bytes if row.output_bytes is not None else self.output_bytes,
        )
