"""The table of the code gate in the run file."""

from attrs import field, frozen
from attrs.validators import ge, gt, in_, le, optional

from fastdistill_code.jobs import MIB, Limits
from fastdistill_code.rows import LimitsRow


@frozen(kw_only=True)
class PythonOptions:
    """`[exec_evals.python]`."""

    generated: bool = True
    """Make further inputs with the gold, where there is one."""
    max_inputs: int = field(default=192, validator=[ge(1), le(1000)])
    """Generated inputs kept for a task."""
    reject_on: str = field(default="near", validator=in_(("seen", "near", "far")))
    """Which generated inputs refuse a candidate that passes the task's own tests: none (seen), those inside
    the contract that the seen inputs show (near), those outside it too (far)."""
    contract: str | None = None
    """`teacher` (the first one), or the name of a teacher or helper: it is asked once a task for a program
    that says which inputs the problem means; generated inputs that it refuses are not used."""
    max_mutants: int = field(default=40, validator=[ge(1), le(400)])
    """Broken variants of the gold that the inputs are chosen against."""
    weak_below: float = field(default=0.8, validator=[ge(0.0), le(1.0)])
    """A task is flagged `weak_oracle` when its suite kills a smaller share of the mutants, and three or
    more live:
    one or two are often equivalent to the gold."""
    cpu_seconds: float = field(default=3.0, validator=gt(0))
    """CPU time of a call: the candidate's fault when exceeded."""
    wall_seconds: float = field(default=30.0, validator=gt(0))
    """Real time of a call: ours when exceeded."""
    memory_mb: int = field(default=512, validator=ge(16))
    output_bytes: int = field(default=4 * MIB, validator=ge(1024))
    """Of one value or of what a program prints."""
    allow_weak_sandbox: bool = False
    """Run even where neither namespaces nor Landlock and seccomp confine programs."""
    sandbox: str | None = field(
        default=None, validator=optional(in_(("full", "namespaces", "confined", "rlimits-only")))
    )
    """Exactly this level; the strongest one unless given."""
    packages: tuple[str, ...] = ()
    """Installed packages that programs may import beside the standard library, such as numpy; the rule
    `code-imports` has to let them pass too (`also`)."""
    parallel: int | None = field(default=None, validator=optional(ge(1)))
    """Candidates that run at once; the number of cores unless given."""

    def limits(self, row: LimitsRow) -> Limits:
        """What a call of a task may use."""
        cpu = row.cpu_seconds if row.cpu_seconds is not None else self.cpu_seconds
        memory = row.memory_mb if row.memory_mb is not None else self.memory_mb
        output = row.output_bytes if row.output_bytes is not None else self.output_bytes
        return Limits(
            cpu_seconds=cpu,
            wall_seconds=max(self.wall_seconds, 4 * cpu),
            memory_bytes=memory * MIB,
            output_bytes=output,
        )
