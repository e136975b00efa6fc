"""The simulator is what it says: slots, latency, faults, counters, in a thread and in a process."""

import json
from pathlib import Path

import anyio
import httpx
import pytest

from fastdistill_simulator import Faults, SimulatorProcess, TeacherSimulator, in_order


def body(prompt: str, **more: object) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": prompt}], **more}


async def ask_many(url: str, prompts: list[str]) -> list[int]:
    statuses: list[int] = []
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(limits=limits, timeout=20, trust_env=False) as client:

        async def one(prompt: str) -> None:
            answer = await client.post(url + "/chat/completions", json=body(prompt))
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as group:
            for prompt in prompts:
                group.start_soon(one, prompt)
    return statuses


@pytest.mark.anyio
async def test_beyond_its_slots_it_queues_silently() -> None:
    with TeacherSimulator(slots=4, latency="fixed:0.1") as simulator:
        assert await ask_many(simulator.base_url, [f"p{i}" for i in range(12)]) == [200] * 12
        seen = simulator.counters
    assert (seen.requests, seen.served, seen.refused, seen.in_flight) == (12, 12, 0, 0)
    assert seen.queue_peak == 8
    assert seen.in_flight_peak == 12
    assert seen.busy_slot_seconds == pytest.approx(1.2, abs=0.3)
    assert 0.8 < (seen.occupancy or 0) <= 1.0


@pytest.mark.anyio
async def test_beyond_its_slots_it_refuses_when_told() -> None:
    with TeacherSimulator(slots=2, latency="fixed:0.3", full="429") as simulator:
        statuses = await ask_many(simulator.base_url, [f"p{i}" for i in range(6)])
        assert sorted(statuses) == [200, 200, 429, 429, 429, 429]
        assert simulator.counters.refused == 4


@pytest.mark.anyio
async def test_faults_repeat_with_their_seed_and_lasting_ones_stick_to_a_prompt() -> None:
    prompts = [f"p{i}" for i in range(120)]
    seen = []
    for _ in range(2):
        with TeacherSimulator(faults=Faults(rates={"400": 0.1, "429": 0.2}, seed=5)) as simulator:
            await ask_many(simulator.base_url, prompts)
            first = simulator.counters.by_status[400]
            await ask_many(simulator.base_url, prompts)
            assert simulator.counters.by_status[400] == 2 * first
            seen.append(dict(simulator.counters.by_fault))
    assert seen[0] == seen[1]
    assert 8 < seen[0]["400"] < 48
    assert 24 < seen[0]["429"] < 80


def test_a_script_decides_by_request_and_a_prompt_by_its_line() -> None:
    faults = Faults(script=in_order("500", None), by_prompt={"bad": ["404", None]})
    with TeacherSimulator(faults=faults) as simulator, httpx.Client(trust_env=False) as client:
        url = simulator.base_url + "/chat/completions"
        asked = ["good", "good", "bad", "bad"]
        statuses = [client.post(url, json=body(prompt)).status_code for prompt in asked]
    assert statuses == [500, 200, 404, 200]


def test_an_unknown_fault_and_a_wrong_latency_are_told() -> None:
    with pytest.raises(ValueError, match="'501' is no fault; there are: 429"):
        Faults(rates={"501": 0.1})
    with pytest.raises(ValueError, match="lognormal:MEDIAN,SIGMA"):
        TeacherSimulator(latency="gauss:1")


def test_the_prefix_cache_saves_prefill() -> None:
    long = "schema " * 100
    with TeacherSimulator(prefix_blocks=1000) as simulator, httpx.Client(trust_env=False) as client:
        url = simulator.base_url + "/chat/completions"
        found = [client.post(url, json=body(long + q)).json()["usage"] for q in ("one?", "two?")]
    cached = [usage["prompt_tokens_details"]["cached_tokens"] for usage in found]
    assert cached == [0, 160]


def test_a_rate_limit_tells_itself_in_headers() -> None:
    with TeacherSimulator(rpm=2) as simulator, httpx.Client(trust_env=False) as client:
        url = simulator.base_url + "/chat/completions"
        answers = [client.post(url, json=body(f"p{i}")) for i in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["x-ratelimit-remaining-requests"] == "1"
    assert float(answers[2].headers["retry-after"]) == pytest.approx(30)


def test_an_outage_ends_on_the_same_port() -> None:
    with TeacherSimulator() as simulator, httpx.Client(trust_env=False) as client:
        url = simulator.base_url + "/chat/completions"
        assert client.post(url, json=body("a")).status_code == 200
        simulator.outage(0.3)
        with pytest.raises(httpx.TransportError):
            client.post(url, json=body("b"))
        anyio.run(anyio.sleep, 0.6)
        assert client.post(url, json=body("c")).status_code == 200


def test_a_process_answers_from_a_table_in_both_dialects(tmp_path: Path) -> None:
    table = tmp_path / "answers.jsonl"
    rows = [{"question": "How many?", "reply": "SELECT 1"}, {"question": "Who?", "reply": ["a", "b"]}]
    table.write_text("\n".join(map(json.dumps, rows)))
    with SimulatorProcess("--answers", str(table), "--slots", "3") as simulator:
        with httpx.Client(trust_env=False) as client:
            chat, native = simulator.base_url + "/chat/completions", simulator.root_url + "/api/chat"
            first = client.post(chat, json=body("Schema\nQuestion: How many?")).json()
            said = [client.post(native, json=body("Who?")).json()["message"]["content"] for _ in "12"]
        assert first["choices"][0]["message"]["content"] == "SELECT 1"
        assert said == ["a", "b"]
        counters = simulator.counters()
        assert counters["requests"] == 3
        assert counters["slots"] == 3
        simulator.reset()
        assert simulator.counters()["requests"] == 0
