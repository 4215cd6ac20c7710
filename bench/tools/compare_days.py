"""Compares the daily metrics of FastIngest with those of another program, exact to six decimals.

compare_days.py OURS.ndjson THEIRS [WITHOUT,...]

THEIRS is CSV (user,day,metric,count,sum,min,max), a SQLite database of FastIngest, or the database that apple_sqlite.py wrote.
Metrics in WITHOUT are not compared. Prints one line; the exit code is 1 if a key is missing or a number differs.
"""
import csv
import json
import sqlite3
import sys

CUMULATIVE = ("steps", "distance", "active_energy")
DISCRETE = ("heart_rate", "resting_heart_rate", "weight", "systolic_blood_pressure", "diastolic_blood_pressure")
APPLE_TABLES = {
    "steps": ("rStepCount", 1), "distance": ("rDistanceWalkingRunning", 1), "active_energy": ("rActiveEnergyBurned", 1),
    "heart_rate": ("rHeartRate", 1), "resting_heart_rate": ("rRestingHeartRate", 1), "weight": ("rBodyMass", 0.45359237),
}


def cell(metric, count, total, least, greatest):
    values = (total,) if metric in CUMULATIVE else (total, least, greatest)
    return (int(count), *(f"{float(value):.6f}" for value in values))


def of_rows(rows):
    cells = {}
    for user, day, metrics in rows:
        for metric, m in (metrics or {}).items():
            if metric in CUMULATIVE:
                cells[user, day, metric] = cell(metric, m["count"], m["sum"], 0, 0)
            elif metric in DISCRETE:
                cells[user, day, metric] = cell(metric, m["count"], m["mean"] * m["count"], m["min"], m["max"])
    return cells


def of_ndjson(path):
    with open(path, encoding="utf-8") as lines:
        days = map(json.loads, lines)
        return of_rows((day["user_id"], day["date"], day.get("metrics")) for day in days)


def of_csv(path):
    with open(path, encoding="utf-8", newline="") as lines:
        return {(row[0], row[1], row[2]): cell(*row[2:]) for row in csv.reader(lines)}


def of_apple_tables(database):
    cells = {}
    for metric, (table, factor) in APPLE_TABLES.items():
        source = "sourceName" if metric in CUMULATIVE else "''"
        rows = database.execute(f"""
            SELECT substr(startDate, 1, 10) AS day, {source} AS source, count(*), sum(value * {factor}) AS total, min(value * {factor}), max(value * {factor})
            FROM {table} GROUP BY day, source ORDER BY day, total, source DESC""")
        # Of several sources the one with the largest sum comes last.
        for day, _, *numbers in rows:
            cells["me", day, metric] = cell(metric, *numbers)
    return cells


def of_database(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'daily_summaries'").fetchone():
        rows = database.execute("SELECT user_id, date, metrics FROM daily_summaries")
        return of_rows((user, day, json.loads(metrics) if metrics else None) for user, day, metrics in rows)
    return of_apple_tables(database)


def main():
    ours, theirs, *without = sys.argv[1:]
    without = set(",".join(without).split(","))
    read = of_csv if theirs.endswith(".csv") else of_database
    expected, found = ({key: value for key, value in cells.items() if key[2] not in without} for cells in (of_ndjson(ours), read(theirs)))
    wrong = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
    records = sum(value[0] for value in found.values())
    metrics = len({key[2] for key in found})
    if not expected or wrong:
        print(f"DIFFERS in {len(wrong)} of {len(expected)} sums" + "".join(f"; {' '.join(key)}: {expected.get(key)}, not {found.get(key)}" for key in sorted(wrong)[:1]))
        sys.exit(1)
    print(f"agrees in {len(found)} sums of {metrics} metrics, {records} records" + (f", without {' and '.join(sorted(without))}" if any(without) else ""))


main()
