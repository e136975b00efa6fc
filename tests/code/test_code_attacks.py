"""Every attack of the corpus, run at the strongest level, achieves nothing that outside probes see."""

import importlib.util
import os
import sys
import time
from pathlib import Path

import anyio
import pytest

from fastdistill import SetupError
from fastdistill_code.runner import open_sandbox

_PATH = Path(__file__).parent / "attacks" / "probes.py"
_SPEC = importlib.util.spec_from_file_location("code_attack_probes", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
probes = importlib.util.module_from_spec(_SPEC)
sys.modules["code_attack_probes"] = probes
_SPEC.loader.exec_module(probes)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's")
LONGEST = 10.0


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    names = [attack.name for attack in probes.corpus()]
    assert len(names) == len(set(names))
    assert len(names) >= 60


@pytest.mark.parametrize("level", ["full", "confined"])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_no_attack_achieves_anything(level: str) -> None:
    with probes.open_world() as world:
        try:
            async with open_sandbox(level=level, slots=1) as probe:
                assert probe.level == level
        except SetupError as error:
            pytest.skip(str(error))
        async with open_sandbox(level=level, slots=1) as sandbox:
            achieved = {}
            for attack in probes.corpus():
                started = time.monotonic()
                if found := await probes.run_attack(sandbox, world, attack):
                    achieved[attack.name] = found
                if time.monotonic() - started > LONGEST:
                    achieved.setdefault(attack.name, []).append("ran on")
            await anyio.sleep(0.5)
            late = world.damage("")
        assert achieved == {}
        assert late == []


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
@pytest.mark.skipif(os.geteuid() != 0, reason="the probe for processes needs root")
async def test_the_probes_see_attacks_succeed_where_nothing_is_confined() -> None:
    names = {"write-outside", "read-a-secret-file", "symlink-to-the-secret", "file-in-dev-shm"}
    with probes.open_world() as world:
        async with open_sandbox(level="rlimits-only", allow_weak=True, slots=1) as sandbox:
            for attack in probes.corpus():
                if attack.name in names:
                    assert await probes.run_attack(sandbox, world, attack), attack.name
