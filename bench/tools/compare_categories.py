"""Compares the daily sums of one category by FastIngest with those of another program, exact to six decimals.

compare_categories.py CATEGORY OURS.ndjson THEIRS.csv

THEIRS is user,day,count and the sums in the order of the columns of FastIngest. Prints one line; the exit code is 1 if a key is missing or a
number differs.
"""
import csv
import json
import sys

COLUMNS = {
    "activities": ("activity_count", "activity_minutes", "activity_kcal", "activity_km", "activity_steps", "activity_hr_max"),
    "workouts": ("workout_count", "workout_minutes", "workout_kcal"),
    "nutrition": ("meal_count", "meal_kcal", "protein_g", "carbs_g", "fat_g"),
    "sleep": ("sleep_count", "sleep_hours", "deep_sleep_hours", "rem_sleep_hours", "resting_hr"),
}


def rounded(numbers):
    return tuple(f"{float(number or 0):.6f}" for number in numbers)


def main():
    category, ours, theirs = sys.argv[1:]
    with open(ours, encoding="utf-8") as lines:
        expected = {(day["user_id"], day["date"]): rounded(day[column] for column in COLUMNS[category]) for day in map(json.loads, lines)}
    with open(theirs, encoding="utf-8", newline="") as lines:
        found = {(row[0], row[1]): rounded(row[2:]) for row in csv.reader(lines)}
    wrong = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    if not expected or wrong:
        print(f"DIFFERS in {len(wrong)} of {len(expected)} days" + "".join(f"; {' '.join(key)}: {expected.get(key)}, not {found.get(key)}" for key in wrong[:1]))
        sys.exit(1)
    print(f"agrees in {len(expected)} days")


if __name__ == "__main__":
    main()
