"""What a person does wrong on the command line, in a run file or in a task file, and the sentence on it."""

from pathlib import Path

import pytest
from support.messages import RAW

from fastdistill.cli.main import main

RUN = 'scenario = "math"\n[[teacher]]\nprovider = "ollama"\nmodel = "m"\n'
ASK = ["run", "--scenario", "math", "--teacher", "ollama:m", "--out", "o", "--tasks"]
ROW = '{"task_id": "1", "problem": "1 + 1?", "answer": "2"}\n'

MISTAKES = [
    ("one teacher", RUN.replace("[[teacher]]", "[teacher]"), "teacher: is one table: write [[teacher]]"),
    ("teacher as text", 'teacher = "ollama:m"\n', 'write [[teacher]], and under it provider ='),
    ("provider in the model", '[[teacher]]\nmodel = "ollama:m"\n', 'write provider = "ollama"'),
    ("key of a teacher", f"attempts = 3\n{RUN}", "its place is teacher[0].attempts"),
    ("key of another table", f"{RUN}[budget]\nmax_in_flight = 3\n", "its place is teacher[0].max_in"),
    ("another tool's word", f"concurrency = 3\n{RUN}", "its place is teacher[0].max_in"),
    ("misspelt key", f"limt = 3\n{RUN}", "limt: unknown key (did you mean 'limit'?)"),
    ("misspelt table", f"{RUN}[rule.max-length]\n", "rule: unknown key (did you mean 'rules'?)"),
    ("name that is none", f"{RUN}[rules.Max_Length]\n", "did you mean 'max-length'?"),
    ("scenario in capitals", RUN.replace('"math"', '"Math"'), "did you mean 'math'?"),
    ("text for a list", f'gates = "sympy"\n{RUN}', "is not a list: write it in brackets"),
    ("number in quotes", f'limit = "10"\n{RUN}', "write 10 without quotes"),
    ("truth in quotes", f'cache = "False"\n{RUN}', "write false without quotes"),
    ("text without quotes", "scenario = math\n", "text stands in quotes"),
    ("a key twice", f"seed = 1\nseed = 2\n{RUN}", "line 2, 'seed = 2': this stands twice"),
    ("number out of bounds", f"limit = 0\n{RUN}", "limit: must be >= 1, not 0"),
    ("word that is none of a few", f'{RUN}mode = "offline"\n', "none of 'online', 'batch'"),
    ("number for a table", f"{RUN}price = 2.0\n", "teacher[0].price: 2.0 is not a table"),
    ("list for a table", f"rules = [1]\n{RUN}", "rules: a list (1) is not a table"),
    ("words for a number", f'{RUN}temperature = "hot"\n', "temperature: must be a number or a list"),
    ("shares that do not add up", f"{RUN}[split]\ntrain = 0.5\n", "split.train: must add up to 1"),
    ("YAML", "scenario: math\nteacher:\n  - model: m\n", "is YAML, and a run file is TOML"),
    ("JSON", '{"scenario": "math"}', "is JSON, and a run file is TOML"),
    ("tasks as run file", ROW, "A file of tasks is named with --tasks"),
    ("run file of another encoding", RUN.encode("utf-16"), "is not UTF-8 text: save it as UTF-8"),
]  # fmt: skip


def told(
    words: list[str], folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    patch.chdir(folder)
    patch.setattr("sys.argv", ["fd", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (1, 2, 3)
    return capsys.readouterr().err


@pytest.mark.parametrize(("text", "says"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_in_a_run_file(
    text: str | bytes, says: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "r.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    said = told(["config", "r.toml"], tmp_path, monkeypatch, capsys)
    assert says in said
    assert RAW.search(said) is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["config", "tasks"], "'tasks' is a folder: name the run file in it"),
        (["config", "rn.toml"], "there is no run file 'rn.toml' (did you mean 'run.toml'?)"),
        (["config", "none/run.toml"], "there is no folder 'none'"),
        (["run", "--scenario", "math", "--temperature", "0"], "--set teacher.0.temperature=VALUE"),
        (["run", "--scenario", "math", "--max-new-tokens", "9"], "--set teacher.0.max_tokens=VALUE"),
        (["config", "--scenario", "math", "--shard", "5/4"], "shard: must be K/N with 1 <= K <= N"),
        (["config", "run.toml", "--set", "limit"], "write it as KEY=VALUE"),
        (["config", "run.toml", "--set", "teacher.max_token=3"], "did you mean 'max_tokens'?"),
        ([*ASK, "task.jsonl"], "there is no task file 'task.jsonl' (did you mean 'tasks.jsonl'?)"),
        (["report", "run.toml"], "is this the folder of a run?"),
    ],
)
def test_a_mistake_on_the_command_line(
    words: list[str], says: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "run.toml").write_text(RUN)
    (tmp_path / "tasks.jsonl").write_text(ROW)
    (tmp_path / "tasks").mkdir()
    said = told(words, tmp_path, monkeypatch, capsys)
    assert says in said
    assert RAW.search(said) is None


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"PAR1\x15\x04\x15\x10", "a Parquet file: let its name end in .parquet"),
        (b"SQLite format 3\0\x10\0", "an SQLite database"),
        (b"PK\x03\x04\x14\0", "a spreadsheet"),
        (b"BZh91AY&SY", "packed with bzip2"),
        (b"task_id,problem\n1,1+1?\n", "it looks like CSV: let its name end in .csv"),
        (b"task_id\tproblem\n1\t1+1?\n", "let its name end in .tsv"),
        (b"- task_id: 1\n  problem: x\n", "it looks like YAML"),
        (b"What is 1 + 1?\n", "write one JSON object a line"),
    ],
)
def test_a_file_that_holds_no_tasks_is_told_before_anything_is_asked(
    start: bytes, says: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "t.jsonl").write_bytes(start)
    said = told([*ASK, "t.jsonl"], tmp_path, monkeypatch, capsys)
    assert says in said
    assert not (tmp_path / "o" / "ledger.sqlite").exists()


def test_debug_prints_the_traceback_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--debug", "config", "none.toml"], ["config", "none.toml", "--debug"]):
        said = told(words, tmp_path, monkeypatch, capsys)
        assert "Traceback" in said
        assert "fd: there is no run file 'none.toml'" in said


def test_a_fault_of_ours_is_named_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fastdistill.cli.config.describe", lambda loaded: 1 / 0)
    (tmp_path / "r.toml").write_text(RUN)
    said = told(["config", "r.toml"], tmp_path, monkeypatch, capsys)
    assert "this is a fault of ours: ZeroDivisionError (test_user_mistakes.py, line" in said
    assert "--debug" in said
    assert "division by zero" not in said


def test_a_setting_reaches_the_only_teacher_without_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.toml").write_text("\ufeff" + RUN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["fd", "config", "--set", "teacher.max_tokens=5", "--shard", "1/4"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    told_ = capsys.readouterr().out
    assert "teacher[0].max_tokens = 5" in told_
    assert 'shard = "1/4"' in told_
