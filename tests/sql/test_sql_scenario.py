"""Rows become tasks, tasks prompts; a row without its database fails alone."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fastdistill import BadTask, Choice, Completion, ScenarioSpec, Task, TaskError
from fastdistill.host import PluginHost
from fastdistill.run.tasks import JsonLines
from fastdistill_sql.databases import resolve
from fastdistill_sql.ddl import describe
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.prompt import SqlOptions
from fastdistill_sql.scenario import SqlScenario
from fastdistill_sql.shown import Shown

SCRIPT = """
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "Home City" TEXT UNIQUE);
CREATE TABLE player (
  team_id INTEGER REFERENCES team (id), "order" INTEGER, born DATE, PRIMARY KEY (team_id, "order"));
CREATE VIEW small AS SELECT name FROM team;
INSERT INTO team VALUES (1, 'Reds', 'Oslo'), (2, 'O''Neil', 'oslo'), (3, 'Blues', NULL);
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))


def load(folder: Path, *rows: object, name: str = "tasks.jsonl") -> list[Task[SqlPayload] | BadTask]:
    (folder / "team.sql").write_text(SCRIPT)
    path = folder / name
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return list(SqlScenario().tasks(JsonLines(path=path)))


def row(**more: object) -> dict[str, object]:
    return {"task_id": "t1", "question": "How many teams?", "database": "team.sql"} | more


def test_a_row_becomes_a_task_that_shows_neither_gold_nor_paths(tmp_path: Path) -> None:
    [task] = load(
        tmp_path,
        row(
            gold_sql="SELECT COUNT(*) FROM team",
            acceptable_sql=["SELECT COUNT(id) FROM team"],
            meta={"x": 1},
        ),
    )
    assert isinstance(task, Task)
    assert task.input == {"question": "How many teams?", "database": "team.sql", "dialect": "sqlite"}
    assert task.has_gold
    assert task.payload.gold == ("SELECT COUNT(*) FROM team", "SELECT COUNT(id) FROM team")
    with closing(sqlite3.connect(task.payload.database)) as made:
        assert made.execute("SELECT COUNT(*) FROM team").fetchone() == (3,)


def test_each_broken_row_fails_alone_with_its_line_and_reason(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("no database at all")
    (tmp_path / "wrong.sql").write_text("CREATE TABLE a (x INTEGER); INSERT INTO b VALUES (1);")
    (tmp_path / "away.sql").write_text(f"ATTACH '{tmp_path / 'other.db'}' AS o;")
    found = load(
        tmp_path,
        row(database="nowhere/lost.sqlite"),
        row(gold_sq="SELECT 1"),
        "{not json",
        row(dialect="postgres"),
        row(database="text.sqlite"),
        row(database="wrong.sql"),
        row(database="away.sql"),
        row(database="."),
        row(acceptable_sql=["SELECT 1"]),
        row(),
    )
    bad = [item for item in found if isinstance(item, BadTask)]
    assert [(b.line, b.reason) for b in bad] == [
        (1, "missing-database"),
        (2, "malformed-task"),
        (3, "malformed-task"),
        (4, "unsupported-dialect"),
        (5, "broken-database"),
        (6, "broken-database"),
        (7, "broken-database"),
        (8, "missing-database"),
        (9, "malformed-task"),
    ]
    assert str(tmp_path / "nowhere" / "lost.sqlite") in bad[0].detail
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "other.db").exists()
    assert isinstance(found[-1], Task)


def test_a_script_is_built_once_by_its_contents(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(SCRIPT)
    (tmp_path / "b.sql").write_text(SCRIPT)
    first = resolve(tmp_path, "a.sql")
    made = first.stat().st_mtime_ns
    assert resolve(tmp_path, "b.sql") == first
    assert first.stat().st_mtime_ns == made
    assert [p.suffix for p in first.parent.iterdir()] == [".sqlite"]


def test_the_prompt_shows_keys_quoting_hints_and_the_question_last(tmp_path: Path) -> None:
    [task] = load(tmp_path, row(meta={"hint": "Teams are clubs."}))
    assert isinstance(task, Task)
    prompt = SqlScenario().prompt(task, 1)
    text = prompt.messages[-1].content
    assert '"Home City" TEXT UNIQUE' in text
    assert 'PRIMARY KEY (team_id, "order")' in text
    assert "FOREIGN KEY (team_id) REFERENCES team (id)" in text
    assert "-- 'Reds', 'O''Neil', 'Blues'" in text
    assert "CREATE VIEW small" in text
    assert text.endswith("Question: How many teams?\nHint: Teams are clubs.")
    assert prompt == SqlScenario().prompt(task, 2)


def test_prompts_over_one_schema_share_their_beginning(tmp_path: Path) -> None:
    one, two = load(tmp_path, row(), row(task_id="t2", question="Which?"))
    assert isinstance(one, Task)
    assert isinstance(two, Task)
    plain, shots = SqlScenario(), SqlScenario(options=SqlOptions(few_shot=2, sample_rows=1))
    assert plain.prompt(one, 1).prefix_key == plain.prompt(two, 1).prefix_key
    assert plain.prompt(one, 1).prefix_key != shots.prompt(one, 1).prefix_key
    assert [m.role for m in shots.prompt(one, 1).messages] == ["system", *["user", "assistant"] * 2, "user"]
    assert "-- 1 | 'Reds' | 'Oslo'" in shots.prompt(one, 1).messages[-1].content


def test_a_thousand_columns_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "wide.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"CREATE TABLE wide ({', '.join(f'c{i} TEXT' for i in range(1000))})")
        made.execute("INSERT INTO wide (c0) VALUES (CAST(x'ff41' AS TEXT))")
        made.commit()
    [wide] = describe(path, Shown(value_hints=1, sample_rows=1))
    assert wide.text.count("TEXT") == 1000


def test_a_corrupt_database_is_that_tasks_error(tmp_path: Path) -> None:
    path = tmp_path / "corrupt.db"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(TaskError) as caught:
        describe(path, Shown())
    assert caught.value.reason == "broken-database"
    assert str(path) in caught.value.detail


def test_reading_goes_through_the_scenario(tmp_path: Path) -> None:
    [task] = load(tmp_path, row())
    assert isinstance(task, Task)
    reply = Completion(choices=(Choice(text="```sql\nSELECT 1;\n```", finish="stop"),), model="m")
    assert SqlScenario().read(task, reply).answer == "SELECT 1"


def test_the_plugin_offers_the_scenario_with_gates_that_exist() -> None:
    host = PluginHost().discover()
    spec = host.get("scenarios", "sql").spec
    assert isinstance(spec, ScenarioSpec)
    names = {offer.spec.name for kind in ("rules", "exec_evals") for offer in host.offers(kind)}
    assert set(spec.gates) <= names
    assert spec.pack is not None
    assert spec.pack().is_file()


def prompt_of(task: Task[SqlPayload] | BadTask, **options: object) -> str:
    assert isinstance(task, Task)
    return SqlScenario(SqlOptions(**options)).prompt(task, 1).messages[-1].content  # type: ignore[arg-type]


def test_descriptions_of_columns_stand_behind_them_and_are_cut(tmp_path: Path) -> None:
    notes = {"TEAM": {"home city": "where the team   plays; 'NULL' if it moves", "lost": "no such column"}}
    (tmp_path / "notes.json").write_text(json.dumps(notes))
    [task] = load(tmp_path, row(descriptions="notes.json"))
    assert "UNIQUE  -- where the team plays; 'NULL' if it moves; 'Oslo', 'oslo'" in prompt_of(task)
    assert "UNIQUE  -- where the...; 'Oslo', 'oslo'" in prompt_of(task, description_characters=10)
    assert "where" not in prompt_of(task, description_characters=0)


@pytest.mark.parametrize("text", ["[]", "{not json", '{"team": "text"}'])
def test_broken_descriptions_are_that_tasks_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.json").write_text(text)
    [lost, broken] = load(
        tmp_path, row(descriptions="lost.json"), row(task_id="t2", descriptions="notes.json")
    )
    assert isinstance(lost, BadTask)
    assert lost.reason == "missing-descriptions"
    with pytest.raises(TaskError, match=r"notes\.json") as raised:
        prompt_of(broken)
    assert raised.value.reason == "broken-descriptions"


MANY = (
    "".join(f"CREATE TABLE other{i} (id INTEGER PRIMARY KEY, a TEXT);" for i in range(30))
    + """
CREATE TABLE country (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE city (id INTEGER PRIMARY KEY, country_id INTEGER REFERENCES country (id), name TEXT);
CREATE TABLE "Tram Line" (id INTEGER PRIMARY KEY, city_id INTEGER REFERENCES CITY, name TEXT);
CREATE VIEW big AS SELECT c.name FROM city AS c WHERE c.id > 1;
"""
)


def shown_tables(text: str) -> set[str]:
    return {
        line.split(" (")[0].split(" ", 2)[2] for line in text.splitlines() if line.startswith("CREATE ")
    }


def test_a_schema_around_the_gold_has_its_tables_their_neighbours_and_drawn_others(tmp_path: Path) -> None:
    (tmp_path / "many.sql").write_text(MANY)
    some = [
        row(task_id=f"t{i}", database="many.sql", gold_sql="SELECT name FROM big WHERE name > 'a'")
        for i in range(3)
    ]
    tasks = load(tmp_path, *some, row(task_id="free", database="many.sql"))
    near = {"country", "city", '"Tram Line"', "big"}
    assert shown_tables(prompt_of(tasks[0], schema="gold+0")) == near
    drawn = [shown_tables(prompt_of(task, schema="gold+4")) for task in tasks[:3]]
    assert [len(tables - near) for tables in drawn] == [4, 4, 4]
    assert len({frozenset(tables) for tables in drawn}) > 1
    assert prompt_of(tasks[0], schema="gold+4") == prompt_of(tasks[0], schema="gold+4")
    everything = shown_tables(prompt_of(tasks[0]))
    assert len(everything) == 34
    assert shown_tables(prompt_of(tasks[0], schema="gold+999")) == everything
    assert shown_tables(prompt_of(tasks[3], schema="gold+0")) == everything


def test_a_schema_that_is_too_long_is_an_error_before_anything_is_asked(tmp_path: Path) -> None:
    [task] = load(tmp_path, row())
    with pytest.raises(TaskError, match="max_schema_characters = 100") as raised:
        prompt_of(task, max_schema_characters=100)
    assert raised.value.reason == "schema-too-long"


@pytest.mark.parametrize("wrong", ["gold", "gold+", "gold+-1", "some", "gold+99999"])
def test_a_schema_is_all_or_around_the_gold(wrong: str) -> None:
    with pytest.raises(ValueError):
        SqlOptions(schema=wrong)


def test_offering_the_plugin_imports_no_engine_and_no_parser() -> None:
    said = "import sys, fastdistill_sql.plugin; print({'apsw', 'duckdb', 'sqlglot'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
