"""A teacher to test against: a real local HTTP server with known slots, latency, faults and counters.

`TeacherSimulator` runs in a thread of the test, `SimulatorProcess` (or `python -m
fastdistill.testing.simulator`) in a process of its own. Both speak the OpenAI and the Ollama dialect, the
files and batches endpoints too. The same settings and seed give the same answers, latencies and
faults to the same requests, in whatever order they come.
"""

from fastdistill.testing.simulator.answers import Answer, from_table, plain_answer, read_table
from fastdistill.testing.simulator.asked import Asked
from fastdistill.testing.simulator.counters import Counters
from fastdistill.testing.simulator.faults import Fault, Faults, in_order
from fastdistill.testing.simulator.process import SimulatorProcess
from fastdistill.testing.simulator.server import TeacherSimulator
from fastdistill.testing.simulator.settings import Settings

__all__ = [
    "Answer",
    "Asked",
    "Counters",
    "Fault",
    "Faults",
    "Settings",
    "SimulatorProcess",
    "TeacherSimulator",
    "from_table",
    "in_order",
    "plain_answer",
    "read_table",
]
