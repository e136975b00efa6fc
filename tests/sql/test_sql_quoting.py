"""Double-quoted text that names nothing is a literal, as SQLite has it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sql_judging import judged, made

from fastdistill_sql.execute import Budget, Table, run
from fastdistill_sql.guard import reader
from fastdistill_sql.quoting import as_literals

SCRIPT = "CREATE TABLE pet (id INTEGER PRIMARY KEY, kind TEXT, age INT);" + "".join(
    f"INSERT INTO pet VALUES ({n}, '{('dog', 'cat', 'owl')[n % 3]}', {n});" for n in range(1, 13)
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("quoting"), SCRIPT)


@pytest.mark.parametrize(
    ("query", "meant", "texts"),
    [
        ('SELECT id FROM pet WHERE kind = "dog"', "SELECT id FROM pet WHERE kind = 'dog'", ("dog",)),
        (
            'SELECT "id" FROM "pet" WHERE "kind" = "dog"',
            """SELECT "id" FROM "pet" WHERE "kind" = 'dog'""",
            ("dog",),
        ),
        (
            'SELECT p."age" FROM pet p WHERE kind = "o\'s"',
            """SELECT p."age" FROM pet p WHERE kind = 'o''s'""",
            ("o's",),
        ),
        ("SELECT id FROM pet WHERE kind = 'dog'", "SELECT id FROM pet WHERE kind = 'dog'", ()),
        ('SELECT nothing FROM pet WHERE kind = "dog"', 'SELECT nothing FROM pet WHERE kind = "dog"', ()),
        ('SELECT "', 'SELECT "', ()),
    ],
)
def test_sqlite_says_what_is_a_literal(
    database: Path, query: str, meant: str, texts: tuple[str, ...]
) -> None:
    assert as_literals(reader(database), query) == (meant, texts)


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), min_size=1, max_size=12))
def test_any_text_keeps_its_meaning(database: Path, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    query = f"SELECT COUNT(*) FROM pet WHERE kind <> {quoted}"
    meant, _ = as_literals(reader(database), query)
    one, two = run(reader(database), query, Budget()), run(reader(database), meant, Budget())
    assert isinstance(one, Table)
    assert one == two


def test_literals_of_a_gold_are_seen_by_the_generator(database: Path) -> None:
    gold = 'SELECT id FROM pet WHERE kind = "dog" AND age > 4'
    assert judged(database, gold, "SELECT id FROM pet WHERE age > 4 AND kind = 'dog'")["outcome"] == "pass"
    assert (
        judged(database, gold, "SELECT id FROM pet WHERE kind = 'dog' AND age >= 4")["outcome"] == "reject"
    )


def test_a_candidate_may_write_so_and_it_is_marked_or_refused(database: Path) -> None:
    gold, answer = "SELECT id FROM pet WHERE kind = 'dog'", 'SELECT id FROM pet WHERE kind = "dog"'
    found = judged(database, gold, answer)
    assert (found["outcome"], found["evidence"]["double_quoted"]) == ("pass", ["dog"])
    assert judged(database, gold, answer, double_quoted="reject")["reason"] == "double-quoted-text"
