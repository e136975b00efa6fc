"""A teacher to test against: a real local HTTP server with known slots, latency, faults and counters.

`TeacherSimulator` runs in a thread of the test, `SimulatorProcess` (or `python -m
fastdistill_simulator`) in a process of its own. Both speak the OpenAI and the Ollama dialect, the
files and batches endpoints too. The same settings and seed give the same answers, latencies and
faults to the same requests, in whatever order they come.
"""

from fastdistill_simulator.answers import Answer, from_table, plain_answer, read_table
from fastdistill_simulator.asked import Asked
from fastdistill_simulator.counters import Counters
from fastdistill_simulator.faults import Fault, Faults, in_order
from fastdistill_simulator.process import SimulatorProcess
from fastdistill_simulator.server import TeacherSimulator
from fastdistill_simulator.settings import Settings

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
