"""Sources beside JSON Lines: what each reads, and what it says of a file that is none."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fastdistill import NoOptions, SourceRow, SourceSpec, UsageError, hookimpl
from fastdistill.builtin.sources import CsvOptions, parse_hub, read_csv, read_hub, read_parquet
from fastdistill.host import PluginHost


def test_csv(tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_bytes('\ufeffid,question,answer\r\n1,"a, ""b""\nc",5\r\n2,d,\r\n3,x\r\n'.encode())
    found = list(read_csv(CsvOptions(), str(file)))
    assert found[0].fields == {"id": "1", "question": 'a, "b"\nc', "answer": "5"}
    assert found[1].fields == {"id": "2", "question": "d"}
    assert (found[2].fields, found[2].problem) == (None, "has 2 cells where there are 3 columns")


def test_reading_leaves_the_limit_of_the_csv_module_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    file = tmp_path / "tasks.csv"
    file.write_text(f"a\n{'x' * 200_000}\n")
    assert [len(row.fields["a"]) for row in read_csv(CsvOptions(), str(file)) if row.fields] == [200_000]
    assert csv.field_size_limit() == before


def test_tsv_and_another_delimiter(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("id\tq\n1\ta,b\n")
    (tmp_path / "a.csv").write_text("id;q\n1;a,b\n")
    assert [row.fields for row in read_csv(CsvOptions(), str(tmp_path / "a.tsv"))] == [
        {"id": "1", "q": "a,b"}
    ]
    found = read_csv(CsvOptions(delimiter=";"), str(tmp_path / "a.csv"))
    assert [row.fields for row in found] == [{"id": "1", "q": "a,b"}]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"a,a\n1,2\n", "'a' stands twice"), (b"a,b\n\xff\xfe,1\n", "is not utf-8"),
     (b'a,b\n"1,2\n', "is no CSV")],
)  # fmt: skip
def test_files_that_are_no_csv(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        list(read_csv(CsvOptions(), str(file)))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="cannot read"):
        list(read_csv(CsvOptions(), "/nowhere/x.csv"))


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "x.parquet"
    pq.write_table(
        pa.Table.from_pylist([{"id": n, "q": None if n == 2 else "a"} for n in range(3000)]), file
    )
    found = list(read_parquet(None, str(file)))
    assert [row.position for row in found] == list(range(1, 3001))
    assert found[2].fields == {"id": 2, "q": None}
    file.write_bytes(b"not parquet")
    with pytest.raises(UsageError, match="cannot read"):
        list(read_parquet(None, str(file)))


@pytest.mark.parametrize(
    ("location", "parts"),
    [
        ("hf://openai/gsm8k", ("openai/gsm8k", None, "train")),
        ("hf://openai/gsm8k@abc:test", ("openai/gsm8k", "abc", "test")),
        ("hf:///data/set:test", ("/data/set", None, "test")),
    ],
)
def test_locations_on_a_hub(location: str, parts: tuple[str, str | None, str]) -> None:
    assert parse_hub(location) == parts


def test_a_location_that_is_none() -> None:
    with pytest.raises(UsageError, match="hf://org/name"):
        parse_hub("hf://@x:y")


def test_a_folder_as_a_hub_holds_it(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    (tmp_path / "train.jsonl").write_text('{"id": 1, "q": "a"}\n{"id": 2, "q": "b"}\n')
    found = list(read_hub(None, f"hf://{tmp_path}:train"))
    assert [row.fields for row in found] == [{"id": 1, "q": "a"}, {"id": 2, "q": "b"}]


def test_a_source_of_somebody_elses_serves_its_locations() -> None:
    class Theirs:
        @hookimpl
        def fastdistill_sources(self) -> Iterable[SourceSpec[Any]]:
            yield SourceSpec(
                name="theirs",
                summary="",
                config=NoOptions,
                open=lambda _, location: iter([SourceRow(position=1, fields={"at": location})]),
                endings=(".mine",),
            )

    host = PluginHost()
    host.register(Theirs(), "theirs")
    spec = host.get("sources", "theirs").spec
    assert isinstance(spec, SourceSpec)
    assert [row.fields for row in spec.open(NoOptions(), "x.mine")] == [{"at": "x.mine"}]
