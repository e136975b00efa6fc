"""Whether a gold says one thing on a database, or what it says hangs on the order in which rows are read.

A subquery with LIMIT over ties, or a bare column beside GROUP BY, may pick any row: no answer can be blamed
for picking another one. So the gold is run again with its tables read backwards.
"""

import apsw

from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.execute import Budget, Failure, Table, run
from fastdistill_sql.guard import Guarded
from fastdistill_sql.order import expected


def steady(
    database: Guarded, gold: str, budget: Budget, comparison: Comparison, greatest: float = 0.0
) -> Expected | None:
    """The gold's result, or None if it fails or depends on the order of reading."""
    wanted = expected(database, gold, budget, greatest)
    if isinstance(wanted, Failure):
        return None
    again = backwards(database, gold, budget)
    if isinstance(again, Failure) or not matching(wanted, again, comparison):
        return None
    return wanted


def backwards(database: Guarded, query: str, budget: Budget) -> Table | Failure:
    """The result of `query` with tables scanned from their end where no order is asked for."""
    database.connection.config(apsw.SQLITE_DBCONFIG_REVERSE_SCANORDER, 1)
    try:
        return run(database, query, budget)
    finally:
        database.connection.config(apsw.SQLITE_DBCONFIG_REVERSE_SCANORDER, 0)
