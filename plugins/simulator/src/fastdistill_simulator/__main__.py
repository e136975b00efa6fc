"""`python -m fastdistill_simulator`: the simulated teacher in its own process.

Prints one JSON line with `base_url` and `root_url`, then serves until it is terminated, when it prints its
counters as another line. `GET /simulator/counters`, `/simulator/reset` and
`/simulator/outage?seconds=S` control it meanwhile.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from fastdistill_simulator.answers import from_table, plain_answer, read_table
from fastdistill_simulator.faults import Faults
from fastdistill_simulator.server import Listener
from fastdistill_simulator.settings import Settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fastdistill_simulator")
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0: any free one")
    add("--slots", type=int, default=64)
    add("--full", choices=["queue", "429", "503"], default="queue", help="when every slot is taken")
    add("--latency", default="fixed:0", help="fixed:S uniform:A,B exponential:M lognormal:MEDIAN,SIGMA")
    add("--decode-rate", type=float, default=0.0, help="tokens per second")
    add("--prefill-rate", type=float, default=0.0, help="tokens per second")
    add("--prefix-blocks", type=int, default=0, help="size of the prefix cache")
    add("--answers", type=Path, help="{question: reply} as JSON, or JSON Lines")
    add("--reasoning", help="reasoning text of every answer")
    add("--fault", action="append", default=[], metavar="KIND=RATE", help="such as 429=0.05; repeatable")
    add("--retry-after", type=float, default=1.0)
    add("--drip", type=float, default=0.02)
    add("--api-key")
    add("--model", action="append", default=[], help="a known model; without any, all are known")
    add("--rpm", type=int)
    add("--seed", type=int, default=0)
    return parser


def _settings(given: argparse.Namespace) -> Settings:
    pairs = (fault.partition("=") for fault in given.fault)
    return Settings(
        slots=given.slots,
        full=given.full,
        latency=given.latency,
        decode_rate=given.decode_rate,
        prefill_rate=given.prefill_rate,
        prefix_blocks=given.prefix_blocks,
        answer=from_table(read_table(given.answers)) if given.answers else plain_answer,
        reasoning=given.reasoning,
        faults=Faults(rates={kind: float(rate) for kind, _, rate in pairs}, seed=given.seed),
        retry_after=given.retry_after,
        drip=given.drip,
        api_key=given.api_key,
        models=tuple(given.model),
        rpm=given.rpm,
        seed=given.seed,
    )


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def _serve(settings: Settings, host: str, port: int) -> None:
    listener = Listener(settings, host, port)
    await listener.start()
    root = f"http://{host}:{listener.port}"
    _say({"root_url": root, "base_url": f"{root}/v1", "port": listener.port})
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    listener.stop()
    _say(listener.desk.chat.counters.as_dict())


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = _parser()
    given = parser.parse_args()
    try:
        settings = _settings(given)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    asyncio.run(_serve(settings, given.host, given.port))


if __name__ == "__main__":
    main()
