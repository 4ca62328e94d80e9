"""An export to Parquet as DuckDB, DataFusion and Arrow read it, beside the same rows in NDJSON: `parquet.py PARQUET NDJSON`.

It fails unless all have as many rows, ids, moments and days, and times, texts and days are of the types that they should be.
"""

import glob
import json
import sys
from datetime import datetime, timezone

import datafusion
import duckdb
import pyarrow
import pyarrow.dataset

parquet, ndjson = sys.argv[1:]
problems = []


def moment(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc)


rows = [json.loads(line) for path in sorted(glob.glob(f"{ndjson}/*.ndjson")) for line in open(path, encoding="utf-8")]
times = [moment(row["createdAt"]) for row in rows]
wanted = (
    len(rows),
    sum(row["id"] for row in rows),
    sum(row["ticket"] for row in rows),
    sum(len(row["message"]) for row in rows),
    len({row["userSendbirdId"] for row in rows}),
    min(times),
    max(times),
    len({time.date() for time in times}),
)
duckdb.execute("SET TimeZone = 'UTC'")
duckdb.execute(f"CREATE VIEW rows AS FROM read_parquet('{parquet}/**/*.parquet', hive_partitioning = true)")
found = duckdb.execute(
    """SELECT count(*), sum(id), sum(ticket), sum(length(message)), count(DISTINCT userSendbirdId),
              strftime(min(createdAt), '%Y-%m-%dT%H:%M:%S.%f'), strftime(max(createdAt), '%Y-%m-%dT%H:%M:%S.%f'),
              count(DISTINCT date) FROM rows"""
).fetchall()[0]
found = (*found[:5], moment(found[5] + "+00:00"), moment(found[6] + "+00:00"), found[7])
types = {name: kind for name, kind, *_ in duckdb.execute("DESCRIBE rows").fetchall()}
expected = {"id": "BIGINT", "createdAt": "TIMESTAMP WITH TIME ZONE", "message": "VARCHAR", "date": "DATE"}
[(astray,)] = duckdb.execute(
    "SELECT count(*) FROM rows WHERE date <> CAST(createdAt AS DATE) OR other IS NOT NULL"
).fetchall()
[(pruned,)] = duckdb.execute("SELECT count(*) FROM rows WHERE date = DATE '2026-01-05'").fetchall()
fifth = sum(str(time.date()) == "2026-01-05" for time in times)
if found != wanted or astray or pruned != fifth or any(types.get(name) != kind for name, kind in expected.items()):
    problems.append(f"DuckDB has {found}, NDJSON {wanted}; {astray} astray, {pruned} of {fifth} on a day, {types}")

context = datafusion.SessionContext()
context.register_parquet("rows", parquet, table_partition_cols=[("date", pyarrow.string())])
[row] = context.sql(
    """SELECT count(*) AS rows, sum(id) AS ids, sum(ticket) AS tickets, sum(character_length(message)) AS characters,
              count(DISTINCT "userSendbirdId") AS users, min("createdAt") AS first, max("createdAt") AS last,
              count(DISTINCT date) AS days FROM rows"""
).to_pylist()
dataset = pyarrow.dataset.dataset(parquet, format="parquet", partitioning="hive")
kind = dataset.schema.field("createdAt").type
if tuple(row.values()) != wanted or dataset.count_rows() != len(rows) or kind != pyarrow.timestamp("us", tz="UTC"):
    problems.append(f"DataFusion has {row}, Arrow {dataset.count_rows()} rows with times as {kind}, NDJSON {wanted}")
if problems:
    sys.exit("\n".join(problems))
print(f"DuckDB {duckdb.__version__}, DataFusion {datafusion.__version__} and Arrow {pyarrow.__version__} agree on {len(rows)} rows")
