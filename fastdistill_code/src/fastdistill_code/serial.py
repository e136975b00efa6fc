"""Rows from plain data, checked as a run would check them."""

from typing import Any

from fastdistill import Task, structure
from fastdistill_code.payload import CodePayload
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task


def structured_row(row: dict[str, Any]) -> Task[CodePayload]:
    """The task of a plain row. Raises ValueError that says what is wrong with it."""
    return make_task(structure(row, CodeRow))
