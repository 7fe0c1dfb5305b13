"""DuckDB and SQL: schema, loads, views, exports, snapshots."""
