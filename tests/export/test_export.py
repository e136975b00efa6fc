"""`fd export`: recorded runs written for trainers: splits, digests, several runs as one, nothing empty."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.golden import HERE, SCENARIOS, golden_run
from support.toy import rows

from fastdistill import ExporterSpec, ExportLayout, NoOptions, hookimpl
from fastdistill.cli.main import cli
from fastdistill.errors import PluginFault
from fastdistill.host import PluginHost
from fastdistill.run.ops.export import export as write
from fastdistill.run.ops.export import finished_run
from fastdistill.run.splits import split_of
from fastdistill.settings import SplitShares

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A recorded run of each scenario, half of its groups put aside as a test split."""
    import anyio

    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(HERE)
        for scenario in SCENARIOS:
            made[scenario] = tmp_path_factory.mktemp(scenario) / "out"
            anyio.run(golden_run, scenario, made[scenario])
    return made


def export(*words: object) -> Result:
    return CliRunner().invoke(cli, ["export", *map(str, words)])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_accepted_task_is_a_row(runs: dict[str, Path], tmp_path: Path, scenario: str) -> None:
    done = export(runs[scenario], "--to", "sft", "--out", tmp_path / "x")
    assert done.exit_code == 0, done.output
    dataset = rows(runs[scenario] / "dataset.jsonl")
    found = rows(tmp_path / "x" / "train.jsonl")
    assert [row["meta"]["task_id"] for row in found] == [row["task_id"] for row in dataset]
    for row, kept in zip(found, dataset, strict=True):
        assert row["messages"][:-1] == kept["messages"][:-1]
        said = row["messages"][-1]["content"]
        assert kept["answer"] in said
        if scenario != "math":
            assert said.startswith("```")


def test_the_entry_names_runs_files_and_digests(runs: dict[str, Path], tmp_path: Path) -> None:
    from hashlib import sha256

    export(runs["math"], "--to", "sharegpt", "--out", tmp_path / "x")
    entry = json.loads((tmp_path / "x" / "export.json").read_text())
    assert set(entry["files"]) == {"train.json", "dataset_info.json"}
    for name, digest in entry["files"].items():
        assert sha256((tmp_path / "x" / name).read_bytes()).hexdigest() == digest
    manifest = json.loads((runs["math"] / "manifest.json").read_text())
    assert entry["runs"] == [{"run_id": manifest["run_id"], "digest": manifest["digest"]}]


def test_the_same_run_gives_the_same_bytes(runs: dict[str, Path], tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert export(runs["sql"], "--to", "dpo", "--out", tmp_path / name).exit_code == 0
    assert (tmp_path / "a/train.jsonl").read_bytes() == (tmp_path / "b/train.jsonl").read_bytes()


def test_several_runs_are_one_and_a_task_stands_once(runs: dict[str, Path], tmp_path: Path) -> None:
    once = export(runs["math"], runs["sql"], "--to", "sft", "--out", tmp_path / "x")
    twice = export(runs["math"], runs["sql"], runs["math"], "--to", "sft", "--out", tmp_path / "y")
    assert once.exit_code == twice.exit_code == 0
    assert "stood in an earlier run already" in twice.output
    assert (tmp_path / "x/train.jsonl").read_bytes() == (tmp_path / "y/train.jsonl").read_bytes()
    scenarios = {row["meta"]["scenario"] for row in rows(tmp_path / "x/train.jsonl")}
    assert scenarios == {"math", "sql"}


def test_prompts_carry_the_row_that_our_verifier_takes(runs: dict[str, Path], tmp_path: Path) -> None:
    from fastdistill import verifier

    assert export(runs["math"], "--to", "trl-grpo", "--out", tmp_path / "x").exit_code == 0
    found = rows(tmp_path / "x/train.jsonl")
    with verifier("math") as opened:
        for row in found:
            assert opened.verify(row, f"\\boxed{{{row['answer']}}}").reward == 1.0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_parquet_for_verl(runs: dict[str, Path], tmp_path: Path, scenario: str) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    assert export(runs[scenario], "--to", "verl", "--out", tmp_path / "x").exit_code == 0
    table = pq.read_table(tmp_path / "x/train.parquet")
    assert table.column_names == ["data_source", "prompt", "ability", "reward_model", "extra_info"]
    assert table.num_rows > 0


def test_splits_part_no_group() -> None:
    shares = SplitShares(train=0.5, validation=0.25, test=0.25, seed=3)
    found: dict[str, int] = {}
    for number in range(4000):
        split = split_of(f"g{number}", shares)
        assert split_of(f"g{number}", shares) == split
        found[split] = found.get(split, 0) + 1
    assert 1900 < found["train"] < 2100
    assert 900 < found["validation"] < 1100


def test_shares_add_up() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        SplitShares(train=0.9, test=0.2)


def _nothing(runs: dict[str, Path], out: Path) -> Any:
    return export(runs["math"], "--to", "dpo", "--set", "reasons=['no-such']", "--out", out)


def test_there_is_never_an_empty_file(runs: dict[str, Path], tmp_path: Path) -> None:
    done = _nothing(runs, tmp_path / "x")
    assert done.exit_code != 0
    assert not list((tmp_path / "x").glob("*.jsonl"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "sfft"], "did you mean 'sft'"),
        (["--to", "verl", "--content", "reply"], "has no option 'content'"),
        (["--to", "openai", "--reasoning", "field"], "think or drop"),
        (["--to", "sft", "--max-tokens", "5"], "go together"),
        (["--to", "dpo", "--set", "alike=7"], "alike"),
    ],
)
def test_mistakes_are_told(runs: dict[str, Path], tmp_path: Path, words: list[str], says: str) -> None:
    done = export(runs["math"], *words, "--out", tmp_path / "x")
    assert says in str(done.exception) + done.output


def test_a_folder_that_is_no_export_is_left_alone(runs: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    done = export(runs["math"], "--to", "sft", "--out", tmp_path)
    assert "choose another --out" in str(done.exception)
    done = export(tmp_path, "--to", "sft", "--out", tmp_path / "y")
    assert "there is no ledger" in str(done.exception)


def test_a_form_of_somebody_elses(runs: dict[str, Path], tmp_path: Path) -> None:
    class Theirs:
        @hookimpl
        def fastdistill_exporters(self) -> Iterable[ExporterSpec[Any]]:
            yield ExporterSpec(
                name="pairs",
                summary="question and answer",
                config=NoOptions,
                rows=lambda _, tasks: ({"id": one.task_id} for one in tasks if one.accepted),
                layout=ExportLayout(names={"train": "all"}),
            )

    host = PluginHost().discover()
    host.register(Theirs(), "theirs")
    offer = host.get("exporters", "pairs")
    found = write([finished_run(runs["math"], host)], offer, NoOptions(), tmp_path / "x")
    assert list(found.files) == ["all.jsonl"]
    assert len(rows(tmp_path / "x/all.jsonl")) == found.files["all.jsonl"]


def test_a_form_that_raises_is_named_and_leaves_no_file(runs: dict[str, Path], tmp_path: Path) -> None:
    class Broken:
        @hookimpl
        def fastdistill_exporters(self) -> Iterable[ExporterSpec[Any]]:
            yield ExporterSpec(
                name="broken", summary="", config=NoOptions, rows=lambda _, tasks: [{"n": 1 / 0}]
            )

    host = PluginHost().discover()
    host.register(Broken(), "theirs")
    with pytest.raises(PluginFault, match=r"theirs.* raised ZeroDivisionError in rows of broken"):
        write(
            [finished_run(runs["math"], host)], host.get("exporters", "broken"), NoOptions(), tmp_path / "x"
        )
    assert not list((tmp_path / "x").iterdir())
