"""The whole of a run against a simulated teacher in its own process, beside a bare client that knows it.

    python tests/bench/bench_run.py [occupancy] [silent] [cpu] [faults] [outage]

The run has the toy scenario's rule and gate, its ledger and its reports, and the real openai provider;
nothing is tuned. The bare client is asyncio and pyreqwest with a semaphore of the right number.
`occupancy`: 64 slots, log-normal latency, 3,000 tasks. `silent`: 256 slots that queue without a word.
`cpu`: 512 in flight. `faults`: eight kinds at 5 % each over 2,000 tasks. `outage`: two endpoints, one of
them dead for 5 s.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.toy import ToyPlugin, solve, write_tasks

from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished
from fastdistill.run.plan import resolve
from fastdistill.run.session import Session
from fastdistill.testing.scripted import ScriptedProvider
from fastdistill_simulator import SimulatorProcess

FAULTS = ("429", "429-bare", "503", "500", "reset", "truncated", "empty", "400")


def plan_of(tasks: Path, *settings: str) -> Any:
    host = PluginHost().discover()
    host.register(ToyPlugin(ScriptedProvider(answer=solve)), "toy", distribution="attrs")
    base = ("scenario=adding", "teacher.0.provider=openai", "teacher.0.model=m", "cache=false", "audit=0")
    return resolve(load(None, (*base, f"tasks={tasks}", *settings)), host)


def ours(folder: Path, tasks: Path, *settings: str) -> Finished:
    session = Session(plan=plan_of(tasks, *settings), folder=folder, source=tasks, signals=False)
    return anyio.run(session.run)


def bare(url: str, count: int, flight: int) -> None:
    from pyreqwest.client import ClientBuilder

    async def run() -> None:
        left = iter(range(count))
        async with ClientBuilder().no_proxy().build() as client:

            async def worker() -> None:
                for number in left:
                    body = json.dumps(
                        {"model": "m", "messages": [{"role": "user", "content": f"{number} + 1"}]}
                    ).encode()
                    request = client.post(url + "/chat/completions").body_bytes(body)
                    response = await request.headers({"content-type": "application/json"}).build().send()
                    json.loads(bytes(await response.bytes()))

            await asyncio.gather(*(worker() for _ in range(flight)))

    asyncio.run(run())


def table(folder: Path, count: int) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps({f"{i} + 1": str(i + 1) for i in range(count)}), encoding="utf-8")
    return path


def limits(folder: Path) -> list[dict[str, Any]]:
    timing = json.loads((folder / "timing_report.json").read_text(encoding="utf-8"))
    (teacher,) = timing["sessions"][-1]["timing"]["teachers"].values()
    found: list[dict[str, Any]] = teacher["endpoints"][0]["limits"]
    return found


def beside(folder: Path, count: int, slots: int, latency: str) -> None:
    tasks, answers = write_tasks(folder / "tasks.jsonl", count), table(folder, count)
    options = ("--slots", str(slots), "--latency", latency, "--answers", str(answers))
    with SimulatorProcess(*options) as simulator:
        bare(simulator.base_url, count, slots)
        known = simulator.counters()
        simulator.reset()
        done = ours(folder / "out", tasks, f"teacher.0.base_urls=['{simulator.base_url}']")
        got = simulator.counters()
    assert done.progress.accepted == count, done
    print(
        f"  bare client: occupancy {known['occupancy']:.3f}; fd: {got['occupancy']:.3f}, "
        f"ratio {got['occupancy'] / known['occupancy']:.3f}; most in flight {got['in_flight_peak']} "
        f"= {got['in_flight_peak'] / slots:.2f} x slots"
    )
    within = next((s["at"] for s in limits(folder / "out") if s["limit"] >= 0.9 * slots), None)
    print(f"  limit first at 0.9 x slots after {within} s; seconds in all {got['span']:.1f}")
    ramp = [got["by_second"].get(str(s), 0) for s in range(0, 40, 2)]
    print(f"  answers in every other second: {ramp}")


def cpu(folder: Path, count: int = 20_000) -> None:
    tasks, answers = write_tasks(folder / "tasks.jsonl", count), table(folder, count)
    options = ("--slots", "512", "--latency", "fixed:0.5", "--answers", str(answers))
    with SimulatorProcess(*options) as simulator:
        began = time.process_time()
        bare(simulator.base_url, count, 512)
        plain = time.process_time() - began
        simulator.reset()
        began = time.process_time()
        url = f"teacher.0.base_urls=['{simulator.base_url}']"
        done = ours(folder / "out", tasks, url, "teacher.0.max_in_flight=512")
        spent = time.process_time() - began
        got = simulator.counters()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  bare client {plain / count * 1000:.3f} ms CPU a task; fd {spent / count * 1000:.3f}; "
        f"most in flight {got['in_flight_peak']}; {done.progress.accepted} accepted; peak {peak:.0f} MB"
    )


def faults(folder: Path, count: int = 2_000) -> None:
    tasks, answers = write_tasks(folder / "tasks.jsonl", count), table(folder, count)
    told = [part for kind in FAULTS for part in ("--fault", f"{kind}=0.05")]
    with SimulatorProcess(
        "--slots", "64", "--latency", "lognormal:0.2,0.5", "--answers", str(answers), *told
    ) as simulator:
        done = ours(folder / "out", tasks, f"teacher.0.base_urls=['{simulator.base_url}']")
        got = simulator.counters()
    refused = [n for n in got["by_prompt"].values() if n > 1]
    timing = json.loads((folder / "out" / "timing_report.json").read_text(encoding="utf-8"))
    print(f"  {done.outcome}: {done.progress}")
    print(f"  requests {got['requests']}, by fault {got['by_fault']}, prompts asked again {len(refused)}")
    print(f"  the ledger's faults {timing['faults']}, calls {timing['calls']}")


def outage(folder: Path, count: int = 6_000) -> None:
    tasks, answers = write_tasks(folder / "tasks.jsonl", count), table(folder, count)
    options = ("--slots", "64", "--latency", "lognormal:0.3,0.3", "--answers", str(answers))
    with SimulatorProcess(*options) as one, SimulatorProcess(*options) as two:

        async def both() -> None:
            urls = f"teacher.0.base_urls=['{one.base_url}','{two.base_url}']"
            session = Session(
                plan=plan_of(tasks, urls, "teacher.0.label=m"),
                folder=folder / "out",
                source=tasks,
                signals=False,
            )
            async with anyio.create_task_group() as group:

                async def die() -> None:
                    await anyio.sleep(8)
                    await anyio.to_thread.run_sync(two.outage, 5.0)

                group.start_soon(die)
                finished.append(await session.run())

        finished = list[Finished]()
        anyio.run(both)
        [done] = finished
        seconds = [one.counters()["by_second"], two.counters()["by_second"]]
    print(
        f"  {done.outcome}: {done.progress.accepted} accepted of {count}, {done.progress.retries} retries"
    )
    for found in seconds:
        print("  answers a second:", [found.get(str(s), 0) for s in range(max(map(int, found)) + 1)])


def main() -> None:
    chosen = sys.argv[1:] or ["occupancy", "silent", "cpu", "faults", "outage"]
    for name in chosen:
        print(name, flush=True)
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            if name == "occupancy":
                beside(folder, 3_000, 64, "lognormal:1,0.5")
            elif name == "silent":
                beside(folder, 12_000, 256, "lognormal:1,0.5")
            else:
                {"cpu": cpu, "faults": faults, "outage": outage}[name](folder)


if __name__ == "__main__":
    main()
