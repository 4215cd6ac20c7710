"""Reads a CSV file with pandas. "rows" prints each row as a JSON array, "types" the type of each column as a JSON object."""

import csv
import json
import sys

import pandas

TIMES = ("date", "ts", "start", "end")

what, path = sys.argv[1:]
with open(path, encoding="utf-8", newline="") as file:
    header = next(csv.reader(file))
table = pandas.read_csv(
    path,
    parse_dates=[name for name in header if name in TIMES],
    keep_default_na=False,
    na_values=[""],
    float_precision="round_trip",
)
if what == "types":
    print(json.dumps({name: str(kind) for name, kind in table.dtypes.items()}))
else:
    for row in table.itertuples(index=False):
        values = [
            None if pandas.isna(value)
            else value.isoformat().removesuffix("T00:00:00") if isinstance(value, pandas.Timestamp)
            else value if isinstance(value, str)
            else float(value)
            for value in row
        ]
        print(json.dumps(values))
