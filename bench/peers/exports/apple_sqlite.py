"""An export of Apple Health into SQLite in the way of healthkit-to-sqlite: XMLPullParser, a table for each type, batches of 200.

apple_sqlite.py [--commit] EXPORT.xml OUT.db

With --commit each 50 rows of a table are a transaction, as in healthkit-to-sqlite; without it the whole export is one.
It is leaner than healthkit-to-sqlite: it inserts with the module sqlite3 itself instead of sqlite-utils, and without metadata
columns. Like it, it stores the records of a Correlation a second time and makes no sums.
"""
import sqlite3
import sys
from xml.etree.ElementTree import XMLPullParser

COLUMNS = ("startDate", "endDate", "value", "unit", "sourceName", "sourceVersion", "device", "creationDate")
PREFIXES = ("HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier")
CHUNK_BYTES = 1 << 20
BATCH = 200
ROWS_OF_COMMIT = 50


def elements(file, tags):
    """The elements with one of these tags, each cleared when the next is asked for."""
    parser = XMLPullParser(("start", "end"))
    root = None
    while chunk := file.read(CHUNK_BYTES):
        parser.feed(chunk)
        for event, element in parser.read_events():
            if root is None:
                root = element
            elif event == "end" and element.tag in tags:
                yield element
                element.clear()
                root.clear()
    parser.close()


class Tables:
    def __init__(self, path, commits):
        self.database = sqlite3.connect(path)
        self.commits = commits
        self.inserts = {}

    def insert(self, table, rows):
        if table not in self.inserts:
            self.database.execute(f'CREATE TABLE "{table}" ({", ".join(COLUMNS)})')
            self.inserts[table] = f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(COLUMNS))})'
        if not self.commits:
            self.database.executemany(self.inserts[table], rows)
            return
        for first in range(0, len(rows), ROWS_OF_COMMIT):
            self.database.executemany(self.inserts[table], rows[first:first + ROWS_OF_COMMIT])
            self.database.commit()

    def close(self):
        self.database.commit()
        self.database.close()


def table_of(name):
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return "r" + name


def main():
    *options, path, output = sys.argv[1:]
    tables = Tables(output, "--commit" in options)
    batch = {}
    count = 0
    with open(path, "rb") as file:
        for element in elements(file, {"Record", "Workout", "ActivitySummary"}):
            attributes = element.attrib
            kind = attributes.get("type") if element.tag == "Record" else element.tag
            batch.setdefault(kind, []).append([attributes.get(column) for column in COLUMNS])
            count += 1
            if count % BATCH == 0:
                for kind, rows in batch.items():
                    tables.insert(table_of(kind), rows)
                batch.clear()
    for kind, rows in batch.items():
        tables.insert(table_of(kind), rows)
    tables.close()


main()
