"""Task files however they are packed and ended; what is something else is named."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill.errors import UsageError
from fastdistill.model.task import BadTask
from fastdistill.run import lines as module
from fastdistill.run.lines import count_lines, read_lines
from fastdistill.run.tasks import lines

zstd = module._zstd_module(Path())


def packed(data: bytes) -> bytes:
    """Pack by gzip without the time, so that the names of tests are the same in every process."""
    return gzip.compress(data, mtime=0)


ROWS = [{"task_id": "1", "text": "naïve"}, {"task_id": "2", "text": "a [b], {c}"}]
PLAIN = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def read(tmp_path: Path, data: bytes, name: str = "t.jsonl") -> list[Any]:
    path = tmp_path / name
    path.write_bytes(data)
    found = [row for _, row in lines(path)]
    assert count_lines(path) == len(found)
    return found


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + PLAIN,
        b"\n \n" + PLAIN + b"\n\n",
        packed(PLAIN),
        packed(PLAIN[:20]) + packed(PLAIN[20:]),
        packed(b"\xef\xbb\xbf" + PLAIN),
        zstd.compress(PLAIN),
        zstd.compress(PLAIN[:20]) + zstd.compress(PLAIN[20:]),
        json.dumps(ROWS).encode(),
        json.dumps(ROWS, indent=2, ensure_ascii=False).encode(),
        b"\xef\xbb\xbf\n" + json.dumps(ROWS).encode() + b"\n",
        packed(json.dumps(ROWS, indent=1).encode()),
    ],
)
def test_the_same_tasks_are_read_however_they_are_packed(data: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, data) == ROWS


def test_how_it_is_packed_is_seen_not_named(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN, "t.jsonl.gz") == ROWS


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (packed(b""), "is empty"),
        (b"[]", "is empty"),
        (PLAIN.decode().encode("utf-16"), "is UTF-16: convert it to UTF-8"),
        (PLAIN.decode().encode("utf-16-be"), "UTF-16 or UTF-32 without its mark"),
        (PLAIN.decode().encode("utf-32"), "is UTF-32"),
        (packed(PLAIN)[:-12], "cannot read the tasks"),
        (packed(PLAIN * 50)[:60] + b"rubbish", "cannot read the tasks"),
        (zstd.compress(PLAIN)[:12] + b"rubbish", "cannot read the tasks"),
        (b'[{"a": 1} {"b": 2}]', "begins like a JSON array and is none: a comma"),
        (b'[{"a": 1},\n{"b": ', "begins like a JSON array and is none"),
        (b'[\n{"a": 1}] x', "something stands after its end"),
    ],
)
def test_what_is_something_else_is_one_sentence(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says):
        read(tmp_path, data)


def test_a_line_that_is_an_array_among_others_costs_itself(tmp_path: Path) -> None:
    first, *rest = read(tmp_path, b"[1, 2]\n" + PLAIN)
    assert isinstance(first, BadTask)
    assert rest == ROWS


@pytest.mark.parametrize("end", [b"\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_a_line_above_the_cap_counts_as_one(
    end: bytes, last: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINE_LIMIT", 100)
    monkeypatch.setattr(module, "_CHUNK", 7)
    long, short = b'{"x": "' + b"y" * 1000 + b'"}', b'{"x": 1}'
    (tmp_path / "t").write_bytes(end.join([short, long] if last else [long, short]) + end)
    found = list(read_lines(tmp_path / "t"))
    assert found == ([(1, short), (2, None)] if last else [(1, None), (2, short)])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"a": "\\ud800"}', "lone surrogate"),
        (b'{"\\uDFFF": 1}', "lone surrogate"),
        (b'{"a": "\xff"}', "is not JSON"),
        (b'{"a": NaN}', "is not JSON"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[" * 100_000, "is not JSON"),
        (b'"text"', "is not a JSON object"),
    ],
)
def test_a_bad_line_costs_itself(line: bytes, says: str, tmp_path: Path) -> None:
    one, bad, two = read(tmp_path, PLAIN.replace(b"\n", b"\n" + line + b"\n", 1))
    assert [one, two] == ROWS
    assert isinstance(bad, BadTask)
    assert says in bad.detail


def test_a_pair_of_surrogates_is_a_character(tmp_path: Path) -> None:
    assert read(tmp_path, b'{"a": "\\ud83d\\ude00"}\n') == [{"a": "😀"}]


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), min_size=1), st.data()
)
def test_lines_and_arrays_say_the_same(rows: list[dict[str, str]], data: st.DataObject) -> None:
    indent = data.draw(st.sampled_from([None, 0, 2]))
    ascii_ = data.draw(st.booleans())
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_)
    assert [json.loads(text[a:b]) for a, b in module._elements(text)] == rows
