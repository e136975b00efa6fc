"""Runs in an environment with Ray: verifiers inside actors of several threads, and inside tasks.

Prints one JSON object.
"""

import json
from typing import Any

import ray

import fastdistill

PAIRS = [
    ({"task_id": f"t{n}", "problem": "What is it?", "answer": str(n)}, rf"\boxed{{{n + n % 2}}}")
    for n in range(200)
]


@ray.remote(num_cpus=0)
class Judge:
    """One verifier for as long as the actor lives; methods may run in several threads at once."""

    def __init__(self) -> None:
        self.verifier = fastdistill.verifier("math", tasks_cached=0, verdicts_cached=0)

    def one(self, row: Any, reply: str) -> float | None:
        """Judge one reply."""
        return self.verifier.verify(row, reply).reward

    def many(self, pairs: Any) -> list[float | None]:
        """Judge many."""
        return [found.reward for found in self.verifier.verify_many(pairs)]

    def close(self) -> int:
        """Close the verifier; return how many child processes are left."""
        import psutil

        self.verifier.close()
        return len(psutil.Process().children(recursive=True))


@ray.remote(num_cpus=0)  # type: ignore[untyped-decorator]
def task(row: Any, reply: str) -> float | None:
    """Judge in a Ray task, by a verifier of its own."""
    with fastdistill.verifier("math") as verifier:
        return verifier.verify(row, reply).reward


def main() -> None:
    """Judge the same pairs in two actors of four threads each, and a few in tasks."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        actors = [Judge.options(max_concurrency=4).remote() for _ in range(2)]  # type: ignore[attr-defined]
        halves = ray.get([actor.many.remote(PAIRS) for actor in actors])
        singles = ray.get([actors[n % 2].one.remote(*pair) for n, pair in enumerate(PAIRS[:40])])
        tasks = ray.get([task.remote(*pair) for pair in PAIRS[:4]])
        left = ray.get([actor.close.remote() for actor in actors])
    finally:
        ray.shutdown()
    print(json.dumps({"many": halves, "one": singles, "task": tasks, "left": left}))


if __name__ == "__main__":
    main()
