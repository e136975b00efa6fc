"""DuckDB as an engine, in a worker process: needs the extra `duckdb`."""
