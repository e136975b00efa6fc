"""The query is read out of every dress that teachers put around it, unchanged."""

import html
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

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


DRESSES: dict[str, Callable[[str], str]] = {
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
    "list item": lambda q: f"1. {q}",
    "bullet": lambda q: f"- {q};",
    "python": lambda q: (
        f"Run it:\n```python\nrun(r{q!r})\n```" if "\\" in q else f"```python\nrun({q!r})\n```"
    ),
    "sql result": lambda q: f"Question: how many?\nSQLQuery: {q}\nSQLResult: 6\nAnswer: 6",
    "prose on the next line": lambda q: f"{q}\nThis query counts all the customers there are.",
    "analysis": lambda q: f"<analysis>first ```sql\nSELECT 0\n``` hm</analysis>\n{q};",
    "explanation": lambda q: f"<sql>{q}</sql><explanation>not ```sql\nSELECT 0\n```</explanation>",
    "channel": lambda q: (
        f"<|channel|>analysis<|message|>```sql\nSELECT 0\n```<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{q}"
    ),
    "byte order mark": lambda q: f"\ufeff```sql\n\ufeff{q}\n```",
}


@pytest.mark.parametrize("dress", DRESSES)
@settings(deadline=None, max_examples=60)
@given(query=queries())
@example(query="SELECT '</think>' FROM t")
@example(query="SELECT '\n```\n' FROM t WHERE a = ';'")
@example(query="SELECT `a``b` FROM [t x] WHERE c LIKE'a%'")
def test_a_dressed_query_is_read_unchanged(dress: str, query: str) -> None:
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
def test_no_answer_has_a_reason(reply: str, finish: str | None, reason: str) -> None:
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
def test_less_usual_dresses(reply: str, finish: str, answer: str) -> None:
    assert read_reply(reply, finish).answer == answer


def prepares(query: str) -> bool:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute('CREATE TABLE t (a, b, c, "a b", \u4ef7\u683c\uff08\u5143\uff09)')
        made.execute("CREATE TABLE my_table (a)")
        try:
            made.execute(f"EXPLAIN {query}")
        except sqlite3.Error:
            return False
    return True


FULL = "SELECT [a b], 'it''s \u00a0\uff1b \u2018x\u2019' FROM t WHERE a > 1 AND b <> 2"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("select a . b , count ( * ) from a join b on a . x = b . y", None),
        ("select\u00a0count(*)\u2003from\u3000t", "select count(*) from t"),
        ("```sql\nSELECT COUNT(*) FROM t WHERE a &gt; 3 AND b &lt;&gt; &#39;x&#39;;\n```",
         "SELECT COUNT(*) FROM t WHERE a > 3 AND b <> 'x'"),
        ("SELECT COUNT(*) FROM t WHERE a &gt; 3", "SELECT COUNT(*) FROM t WHERE a > 3"),
        ("SELECT COUNT(\\*) FROM my\\_table WHERE a \\> 3", "SELECT COUNT(*) FROM my_table WHERE a > 3"),
        ("SELECT a FROM t WHERE b = 1\uff1b", "SELECT a FROM t WHERE b = 1"),
        ("```sql\nSELECT COUNT\uff08*\uff09\uff0ca FROM t\uff1b\n```", "SELECT COUNT(*),a FROM t"),
        ("SELECT a FROM t WHERE b \u2265 1", "SELECT a FROM t WHERE b >= 1"),
        ("SELECT a FROM t\u200b WHERE b = 1", "SELECT a FROM t WHERE b = 1"),
        ("SELECT a FROM t WHERE (b = \u201cO\u2019Neil\u201d) AND NOT c",
         'SELECT a FROM t WHERE (b = "O\u2019Neil") AND NOT c'),
        ("1. SELECT a FROM t", "SELECT a FROM t"),
        ("1. Find the teams.\n2. SELECT a FROM t\n3. Done.", "SELECT a FROM t"),
        ("SELECT a,\n\n  b\n\nFROM t", None),
        ("**SQL:** select a from t", "select a from t"),
        ("/* all of them */ select a from t", None),
        (FULL, None),
        (f"```sql\n{FULL.replace('>', '&gt;').replace('<', '&lt;')}\n```", FULL),
        ('```python\nq = (\n    "SELECT a "  # \'first\'\n    "FROM t"\n)\nrun(q)\n```', "SELECT a FROM t"),
        ('```python\nq = """\nSELECT a\nFROM t\n"""\nprint(f"select {q}")\n```', "SELECT a\nFROM t"),
        ('```js\nrun(\'SELECT a FROM t WHERE b = \\\'x\\\'\')\n```', "SELECT a FROM t WHERE b = 'x'"),
        ("SELECT \u4ef7\u683c\uff08\u5143\uff09 FROM t", None),
    ],
)  # fmt: skip
def test_characters_that_something_dressed_are_undressed_outside_of_literals(
    reply: str, answer: str | None
) -> None:
    assert read_reply(reply, "stop", prepares).answer == (reply if answer is None else answer)


def test_what_the_database_takes_stays_as_it_is_and_else_the_form_that_it_takes_is_read() -> None:
    curly = "SELECT a FROM t WHERE b = \u2018Bob\u2019"
    assert read_reply(curly, "stop", lambda query: "'" in query).answer == "SELECT a FROM t WHERE b = 'Bob'"
    assert read_reply(curly, "stop", lambda query: True).answer == curly
    joined = "SELECT\u00a0a,b\u00a0FROM t"  # to SQLite these are letters of a name
    assert read_reply(joined, "stop", lambda query: "\u00a0" not in query).answer == "SELECT a,b FROM t"


def test_of_bare_statements_the_last_one_that_the_database_takes_is_the_answer() -> None:
    reply = "select a from t\n\nSelect the name from each team"
    assert read_reply(reply, "stop", lambda query: query == "select a from t").answer == "select a from t"


def test_a_misspelt_clause_is_not_taken_for_prose() -> None:
    query = "SELECT a, b FROM t\nODER BY a"
    assert read_reply(query, "stop").answer == query


@settings(deadline=None, max_examples=60)
@given(query=queries(), escape=st.sampled_from(["html", "markdown", "spaces"]))
def test_an_escaped_query_is_read_as_it_was(query: str, escape: str) -> None:
    # Something must be escaped outside of literals, or else nobody can tell that anything was.
    query += "\nLIMIT (1<2)*3"
    if escape == "html":
        dressed = html.escape(query)
    elif escape == "markdown":
        assume("\\" not in query)
        dressed = re.sub(r"([*_<>])", r"\\\1", query)
    else:
        dressed = query.replace("\nLIMIT", "\nLIMIT\u00a0")
    assert read_reply(f"```sql\n{dressed}\n```", "stop").answer in (
        query,
        query.replace("LIMIT ", "LIMIT  "),
    )


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["the", "teams", "with", "we", "join", "count", "which", "and", "it's", "\n", "."])
    )
)
def test_prose_without_a_query_holds_none(words: list[str]) -> None:
    assert read_reply("We select " + " ".join(words), "stop").reason == "no-sql"


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_without_raising(reply: str) -> None:
    reading = read_reply(reply, "stop")
    assert (reading.answer is None) != (reading.reason is None)
    assert "".join(token.text for token in tokens(reply)) == reply


@pytest.mark.parametrize(
    "piece", ["<sql>", "```sql\nselect 'a\n", '{"', "`select ", "SELECT\n", '{"a":', "'", "/*",
              "select 1\n", "select a,\n\n", "```py\n'select '\n```\n", "1. select a\nx y z w\n",
              "&gt;select ", "\\*\u2018", "<plan></plan>", "select " + "(" * 50,
              "with a as (select 1)\n", "\u2018select \u2019"],
)  # fmt: skip
def test_hostile_replies_cost_linear_time(piece: str) -> None:
    start = time.process_time()
    read_reply(piece * (120_000 // len(piece)), "stop")
    assert time.process_time() - start < 8


def test_statements_are_told_apart_outside_of_literals() -> None:
    assert statements("SELECT ';'; -- ;\n SELECT 2 /* ; */;;") == ["SELECT ';'", "-- ;\n SELECT 2 /* ; */"]
    assert statements(" -- nothing\n;") == []
