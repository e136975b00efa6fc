"""The query is read out of every dress that teachers put around it, unchanged."""

import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from fastdistill_sql.lexer import statements, tokens
from fastdistill_sql.reading import read_reply

PIECES = [*"ab ;'\"`-*/{}<>\n.,:%é", "```", "</think>", "--", "/*", "SELECT 1"]
CONTENT = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
STRINGS = CONTENT.map(lambda text: "'" + text.replace("'", "''") + "'")
QUOTED = CONTENT.map(lambda text: '"' + (text.replace('"', '""') or "q") + '"')
TERMS = st.one_of(STRINGS, QUOTED, st.sampled_from(["a", "t.b", "COUNT(*)", "1.5", "x'00ff'", "MAX(c)"]))


@st.composite
def queries(draw: st.DrawFn) -> str:
    columns = ", ".join(draw(st.lists(TERMS, min_size=1, max_size=3)))
    query = f"SELECT {columns} FROM t"
    if draw(st.booleans()):
        query += f"\nWHERE {draw(TERMS)} = {draw(TERMS)}"
    if draw(st.booleans()):
        query += f" -- don't; stop\nORDER BY {draw(TERMS)}"
    if draw(st.booleans()):
        query = f"WITH c AS (\n  {query}\n)\nSELECT * FROM c"
    return query


def as_json(query: str) -> str:
    import json

    return json.dumps({"explanation": "it's {simple}", "sql": query})


DRESSES = {
    "bare": lambda q: q,
    "bare;": lambda q: f"{q};\n",
    "fence": lambda q: f"```sql\n{q}\n```",
    "fence;": lambda q: f"Here you are, it's done:\n\n```sqlite\n{q};\n```\nThis doesn't select more.",
    "plain fence": lambda q: f"```\n{q}\n```",
    "capital fence": lambda q: f"```SQL\n{q}\n```",
    "tildes": lambda q: f"~~~sql\n{q}\n~~~",
    "two fences": lambda q: f"First try:\n```sql\nSELECT 0\n```\nBetter:\n```sql\n{q}\n```\nIt can't fail.",
    "output after": lambda q: f"```sql\n{q}\n```\nOutput:\n```\n| a |\n```\n",
    "think closed": lambda q: (
        f"<think>I don't know; SELECT 0 FROM x?\n```sql\nSELECT 0\n```</think>\n\n{q}"
    ),
    "think fence": lambda q: f"<think>\nhm\n</think>\n```sql\n{q}\n```",
    "only closing": lambda q: f"Let me see; it's hard.\n</think>\n\n{q};",
    "unclosed": lambda q: f"<think>Let me see; it's hard.\n```sql\n{q}\n```",
    "json": as_json,
    "json fence": lambda q: f"```json\n{as_json(q)}\n```",
    "json prose": lambda q: f"Sure, that's it: {as_json(q)} Good luck.",
    "tag": lambda q: f"<sql>\n{q}\n</sql>",
    "label": lambda q: f"SQL: {q};",
    "prose;": lambda q: f"You'd want this query:\n\n{q};\n\nIt doesn't need a join.",
    "unclosed fence": lambda q: f"```sql\n{q}",
}


@pytest.mark.parametrize("dress", DRESSES)
@settings(deadline=None, max_examples=60)
@given(query=queries())
@example(query="SELECT '</think>' FROM t")
@example(query="SELECT '\n```\n' FROM t WHERE a = ';'")
@example(query="SELECT `a``b` FROM [t x] WHERE c LIKE'a%'")
def test_a_dressed_query_is_read_unchanged(dress: str, query: str):
    # A fence inside of a literal and none behind it: nobody can tell which one was meant.
    assume(dress != "unclosed fence" or "```" not in query)
    reading = read_reply(DRESSES[dress](query), "stop")
    assert reading.answer == query


@pytest.mark.parametrize(
    ("reply", "finish", "reason"),
    [
        ("", "stop", "empty"),
        ("  \n ", None, "empty"),
        ("", "length", "truncated"),
        ("```sql\n-- nothing here\n```", "stop", "empty"),
        ("I'm sorry, but I can\u2019t help with that.", "stop", "refusal"),
        ("The question cannot be answered from this schema.", "stop", "refusal"),
        ("", "content_filter", "empty"),
        ("No.", "content_filter", "refusal"),
        ("```sql\nSELECT a FROM", "length", "truncated"),
        ("SELECT a, b FROM t WHERE", "length", "truncated"),
        ("<think>so many columns, which", "length", "truncated"),
        ("The answer is 42.", "stop", "no-sql"),
        ("Select the names of all the people.", "stop", "no-sql"),
        ("With the tables above we can join.", "stop", "no-sql"),
        ("```python\nprint(1)\n```", "stop", "no-sql"),
        ("<think>SELECT 1 FROM t</think>", "stop", "no-sql"),
        ("<think>\nSELECT a FROM t\nis not enough", "stop", "no-sql"),
        ("```sql\nSELECT 1; SELECT 2;\n```", "stop", "several-statements"),
        ("SELECT a FROM t; DROP TABLE t;", "stop", "several-statements"),
    ],
)
def test_no_answer_has_a_reason(reply: str, finish: str | None, reason: str):
    reading = read_reply(reply, finish)
    assert (reading.answer, reading.reason) == (None, reason)


@pytest.mark.parametrize(
    ("reply", "finish", "answer"),
    [
        ("```sql\nSELECT 1\n```\nThis query", "length", "SELECT 1"),
        ("SELECT a FROM t; And this is why", "length", "SELECT a FROM t"),
        ("The query is `SELECT a FROM t`.", "stop", "SELECT a FROM t"),
        ("```sql SELECT 1```", "stop", "SELECT 1"),
        ("```SELECT 1```", "stop", "SELECT 1"),
        ("```sql\nSELECT 'O'Brien'\n```\nDone, isn't it", "stop", "SELECT 'O'Brien'"),
        ("```sql\nDROP TABLE t\n```", "stop", "DROP TABLE t"),
        ("SELECT a\n\nFROM t\n\nWHERE b = 1\n\nThis gives a.", "stop", "SELECT a\n\nFROM t\n\nWHERE b = 1"),
        ("**SQL:**\nselect a from t", "stop", "select a from t"),
    ],
)
def test_less_usual_dresses(reply: str, finish: str, answer: str):
    assert read_reply(reply, finish).answer == answer


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_without_raising(reply: str):
    reading = read_reply(reply, "stop")
    assert (reading.answer is None) != (reading.reason is None)
    assert "".join(token.text for token in tokens(reply)) == reply


@pytest.mark.parametrize(
    "piece", ["<sql>", "```sql\nselect 'a\n", '{"', "`select ", "SELECT\n", '{"a":', "'", "/*"]
)
def test_hostile_replies_cost_linear_time(piece: str):
    start = time.process_time()
    read_reply(piece * (120_000 // len(piece)), "stop")
    assert time.process_time() - start < 8


def test_statements_are_told_apart_outside_of_literals():
    assert statements("SELECT ';'; -- ;\n SELECT 2 /* ; */;;") == ["SELECT ';'", "-- ;\n SELECT 2 /* ; */"]
    assert statements(" -- nothing\n;") == []
