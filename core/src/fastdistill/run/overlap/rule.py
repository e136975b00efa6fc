"""The rule on replies: one that repeats a benchmark's solution teaches the benchmark."""

from hashlib import sha256
from typing import Any

from attrs import frozen

from fastdistill.model.answer import Candidate
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding, passed, rejected
from fastdistill.run.overlap.benchmarks import Benchmarks

NAME = "decontaminate"
CONTAMINATED = "contaminated-reply"


@frozen(kw_only=True)
class NoBenchmark:
    """Rejects a reply or its reasoning that repeats a solution, or a question, of a benchmark."""

    benchmarks: Benchmarks

    @property
    def depends_on(self) -> str:
        """Return the digest of the benchmarks."""
        named = [f"{one['sha256'] or one['name']}:{one['rows']}" for one in self.benchmarks.sources]
        return sha256("\n".join(named).encode()).hexdigest()[:16]

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Compare the reply with every solution that is long enough to be told from another."""
        for text in (candidate.text, candidate.answer, candidate.reasoning or ""):
            hit = self.benchmarks.solutions.find(text)
            if hit is not None:
                evidence = {"source": hit.item.source, "row": hit.item.number, "span": hit.span}
                return rejected(CONTAMINATED, f"repeats {hit.detail}", evidence=evidence)
        return passed()
