"""Releases in their own layout become task rows; a schema stays on one side of the split."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastdistill import ImportOptions, Task, UsageError
from fastdistill.cli.main import cli
from fastdistill.run.tasks import JsonLines
from fastdistill_sql.importers import run
from fastdistill_sql.importers.wikisql import render
from fastdistill_sql.scenario import SqlScenario

TABLE = {
    "id": "1-22-3",
    "header": ["Player", "No.", "Attendance", "Player", ""],
    "types": ["text", "text", "real", "text", "real"],
    "rows": [
        ["Ann O'Hara", "12", "1,250", "X", 3],
        ["Bob", "7", 900, "Y", "4-8"],
        ["Cid", "7", "n/a", "Z", None],
    ],
}


def fd(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def form(sel: int, agg: int, *conds: list[object]) -> dict[str, object]:
    return {"sel": sel, "agg": agg, "conds": list(conds)}


def wikisql(folder: Path) -> Path:
    questions = [
        (form(0, 0, [2, 0, "1,250"]), "Who played before 1,250?"),
        (form(0, 3, [2, 1, "800"], [2, 2, 1000]), "How many between?"),
        (form(2, 1, [0, 0, "Ann O'Hara"]), "Most for Ann O'Hara?"),
        (form(4, 0, [0, 0, "Nobody"]), "Nothing?"),
    ]
    (folder / "data").mkdir(parents=True)
    rows = [{"phase": 1, "table_id": "1-22-3", "question": q, "sql": f} for f, q in questions]
    other = TABLE | {"id": "2-1", "header": ["A", "b", "C", "d", "e"]}
    rows.append({"phase": 1, "table_id": "2-1", "question": "A?", "sql": form(0, 0)})
    (folder / "data" / "dev.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (folder / "data" / "dev.tables.jsonl").write_text(json.dumps(TABLE) + "\n" + json.dumps(other) + "\n")
    return folder


def team(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT)")
        made.execute("INSERT INTO team VALUES (1, 'Reds')")
        made.commit()


def answers(out: Path, name: str = "tasks.jsonl") -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for task in SqlScenario().tasks(JsonLines(path=out / name)):
        assert isinstance(task, Task), task
        with closing(sqlite3.connect(task.payload.database)) as made:
            found[str(task.input["question"])] = made.execute(task.payload.gold[0]).fetchall()
    return found


def test_wikisql_forms_give_the_right_rows(tmp_path: Path) -> None:
    source, out = wikisql(tmp_path / "in"), tmp_path / "out"
    out.mkdir()
    report = run("wikisql", source, out, ImportOptions())
    assert answers(out) == {
        "Who played before 1,250?": [("ann o'hara",)],
        "How many between?": [(1,)],
        "Most for Ann O'Hara?": [(1250.0,)],
        "Nothing?": [],
        "A?": [("ann o'hara",), ("bob",), ("cid",)],
    }
    assert report.counts["degenerate"] == 1
    assert report.counts["tasks"] == 5
    first = json.loads((out / "tasks.jsonl").read_text().splitlines()[0])
    assert "lower case" in first["meta"]["hint"]


@pytest.mark.parametrize(
    ("logical", "sql"),
    [
        (form(1, 0), 'SELECT "No." FROM table_1_22_3'),
        (form(3, 3), 'SELECT COUNT("Player 4") FROM table_1_22_3'),
        (form(4, 5, [1, 0, 7]), 'SELECT AVG("column 5") FROM table_1_22_3 WHERE "No." = \'7\''),
        (
            form(0, 0, [2, 1, "about 1,000 people"]),
            'SELECT "Player" FROM table_1_22_3 WHERE "Attendance" > 1000',
        ),
        (form(0, 0, [2, 2, -2.5]), 'SELECT "Player" FROM table_1_22_3 WHERE "Attendance" < -2.5'),
    ],
)
def test_a_logical_form_is_rendered_with_its_values(logical: dict[str, object], sql: str) -> None:
    assert render(logical, TABLE) == sql


def test_spider_and_bird_layouts(tmp_path: Path) -> None:
    spider, bird = tmp_path / "spider", tmp_path / "bird"
    team(spider / "database" / "team" / "team.sqlite")
    team(bird / "dev_databases" / "team" / "team.sqlite")
    (spider / "dev.json").write_text(
        json.dumps(
            [
                {"db_id": "team", "question": "How many?", "query": "SELECT count(*) FROM team"},
                {"db_id": "team", "question": "Broken?", "query": "SELECT nothing FROM team"},
            ]
        )
    )
    (bird / "dev.json").write_text(
        json.dumps(
            [
                {
                    "question_id": 3,
                    "db_id": "team",
                    "question": "Which?",
                    "evidence": "team refers to name",
                    "SQL": "SELECT name FROM team;",
                    "difficulty": "simple",
                }
            ]
        )
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    report = run("spider", spider, tmp_path / "a", ImportOptions())
    assert (report.counts["gold-fails"], report.counts["tasks"]) == (1, 1)
    assert answers(tmp_path / "a") == {"How many?": [(1,)]}
    run("bird", bird, tmp_path / "b", ImportOptions())
    assert answers(tmp_path / "b") == {"Which?": [("Reds",)]}
    row = json.loads((tmp_path / "b" / "tasks.jsonl").read_text())
    assert row["meta"] == {"hint": "team refers to name"}


def rows_of(out: Path, name: str = "tasks.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def test_the_test_split_of_spider_has_a_folder_of_its_own(tmp_path: Path) -> None:
    source, out = tmp_path / "spider_data", tmp_path / "out"
    out.mkdir()
    team(source / "database" / "team" / "team.sqlite")
    team(source / "test_database" / "team" / "team.sqlite")
    with closing(sqlite3.connect(source / "test_database" / "team" / "team.sqlite")) as made:
        made.execute("INSERT INTO team VALUES (2, 'Blues')")
        made.commit()
    row = {"db_id": "team", "query": "SELECT count(*) FROM team", "query_toks": [], "sql": {}}
    (source / "dev.json").write_text(json.dumps([row | {"question": "dev?"}]))
    (source / "test.json").write_text(json.dumps([row | {"question": "test?"}]))
    run("spider", tmp_path, out, ImportOptions())
    assert answers(out) == {"dev?": [(1,)], "test?": [(2,)]}
    assert [row["tags"] for row in rows_of(out)] == [["dev"], ["test"]]


MINI_DEV = [
    {
        "question_id": 1471,
        "db_id": "club",
        "question": "Which clubs are from Oslo?",
        "evidence": "from Oslo refers to City = 'OSL'",
        "SQL": "SELECT `Club Name` FROM club WHERE City = 'OSL'",
        "difficulty": "simple",
    },
    {
        "question_id": 1472,
        "db_id": "club",
        "question": "Nothing?",
        "evidence": "",
        "SQL": "SELECT City FROM club WHERE City = 'X';",
        "difficulty": "challenging",
    },
]


def mini_dev(folder: Path) -> None:
    place = folder / "dev_databases" / "club"
    (place / "database_description").mkdir(parents=True)
    with closing(sqlite3.connect(place / "club.sqlite")) as made:
        made.execute("CREATE TABLE club (`Club Name` TEXT, City TEXT, x INTEGER)")
        made.execute("INSERT INTO club VALUES ('Reds', 'OSL', 1)")
        made.commit()
    (place / "database_description" / "club.csv").write_bytes(
        "\ufefforiginal_column_name,column_name,column_description,data_format,value_description\r\n".encode()
        + b"Club Name ,name,the club\x92s   name,text,\r\n"
        + b'City,,three letters,text,"OSL: Oslo\nMAL: ""Malaga"""\r\n,,,,\r\nx,x,x,integer\r\n'
    )
    (place / "database_description" / "broken.csv").write_bytes(b'original_column_name\n"' + b"a" * 200_000)
    (folder / "mini_dev_sqlite.json").write_text(json.dumps(MINI_DEV))


def test_the_mini_dev_of_bird_brings_evidence_and_descriptions(tmp_path: Path) -> None:
    mini_dev(tmp_path / "minidev" / "MINIDEV")
    out = tmp_path / "out"
    out.mkdir()
    report = run("bird", tmp_path, out, ImportOptions())
    first, second = rows_of(out)
    assert (first["task_id"], first["tags"]) == ("bird-mini-dev-01471", ["mini-dev", "simple"])
    assert first["meta"] == {"hint": "from Oslo refers to City = 'OSL'"}
    assert second["tags"] == ["mini-dev", "challenging", "degenerate"]
    assert json.loads((out / "databases" / "club.columns.json").read_text(encoding="utf-8")) == {
        "club": {"Club Name": "the club\u2019s name", "City": 'three letters; OSL: Oslo MAL: "Malaga"'}
    }
    assert report.counts["unreadable-descriptions"] == 1
    task = next(iter(SqlScenario().tasks(JsonLines(path=out / "tasks.jsonl"))))
    assert isinstance(task, Task)
    shown = SqlScenario().prompt(task, 1).messages[-1].content
    assert """City TEXT,  -- three letters; OSL: Oslo MAL: "Malaga"; 'OSL'""" in shown


@pytest.mark.parametrize("lines", [False, True])
def test_questions_and_databases_may_lie_anywhere(tmp_path: Path, lines: bool) -> None:
    team(tmp_path / "dbs" / "team.db")
    rows = [{"db_id": "team", "question": f"How many{i}?", "query": "SELECT 1"} for i in range(2)]
    file = tmp_path / ("q.jsonl" if lines else "q.json")
    file.write_text("\n".join(map(json.dumps, rows)) if lines else json.dumps(rows))
    found = fd(
        "tasks", "import", "spider", tmp_path / "out", "--questions", file, "--databases", tmp_path / "dbs"
    )
    assert found.exit_code == 0, found.output
    assert [row["task_id"] for row in rows_of(tmp_path / "out")] == ["spider-q-00000", "spider-q-00001"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wikisql", "out", "--questions", "q.json"], "takes neither --questions nor --databases"),
        (["spider", "out", "--questions", "lost.json"], "there is no file"),
        (["spider", "out"], "SOURCE and OUT are wanted"),
        (["spider", "a", "b", "c"], "SOURCE and OUT are wanted"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = fd("tasks", "import", *arguments)
    assert isinstance(found.exception, UsageError)
    assert said in str(found.exception)


def test_what_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    out.mkdir()
    team(source / "database" / "team" / "team.sqlite")
    (source / "database" / "text").mkdir()
    (source / "database" / "text" / "text.sqlite").write_text("no database " * 100)
    rows = [
        ("team", "fine?", "SELECT name FROM team"),
        ("team", "quoted?", 'SELECT name FROM team WHERE name = "Reds"'),
        ("team", "column?", "SELECT nam FROM team"),
        ("team", "writes?", "DELETE FROM team"),
        ("team", "now?", "SELECT date('now')"),
        ("team", "none?", ""),
        ("gone", "gone?", "SELECT 1"),
        ("text", "text?", "SELECT 1"),
        ("../team", "outside?", "SELECT 1"),
    ]
    (source / "dev.json").write_text(
        json.dumps([{"db_id": d, "question": q, "query": sql} for d, q, sql in rows])
    )
    report = run("spider", source, out, ImportOptions())
    assert [row["question"] for row in rows_of(out)][:2] == ["fine?", "quoted?"]
    found = {row["question"]: (row["reason"], row["cause"]) for row in rows_of(out, "left_out.jsonl")}
    assert found == {
        "column?": ("gold-fails", "no-such-column"),
        "writes?": ("gold-fails", "not-read-only"),
        "now?": ("gold-fails", "nondeterministic"),
        "none?": ("gold-fails", "no-statement"),
        "gone?": ("missing-database", "missing-database"),
        "text?": ("broken-database", "broken-database"),
    }
    assert (report.counts["left-out"], report.counts["gold-fails"]) == (6, 4)
    assert not (tmp_path / "out" / "team.sqlite").exists()
    (source / "dev.json").write_text(json.dumps([{"db_id": "gone", "question": "?", "query": "SELECT 1"}]))
    with pytest.raises(UsageError, match="--databases"):
        run("spider", source, out, ImportOptions())


def test_a_draw_repeats_and_keeps_a_schema_on_one_side(tmp_path: Path) -> None:
    source = tmp_path / "in"
    rows = []
    for i in range(8):
        team(source / "database" / f"d{i}" / f"d{i}.sqlite")
        rows += [
            {"db_id": f"d{i}", "question": f"{i}/{j}", "query": "SELECT name FROM team"} for j in range(5)
        ]
    (source / "dev.json").write_text(json.dumps(rows))
    options = ImportOptions(samples=30, seed=13, eval_share=0.25)
    written = []
    for name in ("a", "b"):
        out = tmp_path / name
        out.mkdir()
        report = run("spider", source, out, options)
        written.append(((out / "tasks.jsonl").read_bytes(), (out / "eval.jsonl").read_bytes()))
        assert report.counts["tasks"] + report.counts["eval"] == 30
    assert written[0] == written[1]
    train, held = ({json.loads(line)["database"] for line in part.splitlines()} for part in written[0])
    assert train.isdisjoint(held)
    assert len(held) == 2


def test_what_is_no_release_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"train\.json"):
        run("bird", tmp_path, tmp_path, ImportOptions())
    with pytest.raises(UsageError, match="no folder"):
        run("spider", tmp_path / "lost", tmp_path, ImportOptions())
    (tmp_path / "dev.json").write_text('[{"question": "?"}]')
    with pytest.raises(UsageError, match="not laid out like spider"):
        run("spider", tmp_path, tmp_path, ImportOptions())
