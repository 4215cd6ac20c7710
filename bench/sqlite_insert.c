// Bare baseline for the SQLite sink: the same table and rows through the C library alone.
// cc -O2 -o sqlite_insert sqlite_insert.c -lsqlite3 && ./sqlite_insert FILE ROWS PAGE_BYTES
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static void run(sqlite3 *db, const char *sql) { char *e = 0; if (sqlite3_exec(db, sql, 0, 0, &e)) { fprintf(stderr, "%s: %s\n", sql, e); exit(1); } }

int main(int argc, char **argv)
{
    const char *file = argv[1];
    long rows = atol(argv[2]), page = atol(argv[3]);
    unlink(file);
    sqlite3 *db;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, 0)) return 1;
    char sql[4096];
    snprintf(sql, sizeof sql, "PRAGMA page_size=%ld; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-%s;", page, argc > 4 ? argv[4] : "16384");
    run(db, sql);
    strcpy(sql, "CREATE TABLE daily_summaries (user_id TEXT NOT NULL, date TEXT NOT NULL");
    for (int i = 0; i < 23; i++) sprintf(sql + strlen(sql), ", n%d %s", i, (i == 0 || i == 6 || i == 9 || i == 14 || i == 19) ? "INTEGER NOT NULL" : "REAL");
    strcat(sql, ", sleep_quality TEXT, measurements TEXT, summary TEXT NOT NULL, summary_parts TEXT NOT NULL, PRIMARY KEY (user_id, date)) WITHOUT ROWID");
    run(db, sql);
    strcpy(sql, "INSERT INTO daily_summaries VALUES (?");
    for (int i = 1; i < 29; i++) strcat(sql, ",?");
    strcat(sql, ")");
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, 0)) return 1;
    char text[800];
    for (int i = 0; i < 700; i++) text[i] = 'a' + i % 26;
    double start = now(); double cpu0 = clock();
    run(db, "BEGIN");
    char user[16], date[16], parts[32] = "100,100,100,100,100,100,100";
    for (long r = 0; r < rows; r++) {
        long d = r % 365;
        int n = snprintf(user, sizeof user, "user_%06ld", r / 365);
        int m = snprintf(date, sizeof date, "2023-%02ld-%02ld", d / 31 + 1, d % 31 + 1);
        int p = 1;
        sqlite3_bind_text(s, p++, user, n, SQLITE_STATIC);
        sqlite3_bind_text(s, p++, date, m, SQLITE_STATIC);
        for (int i = 0; i < 23; i++)
            if (i == 0 || i == 6 || i == 9 || i == 14 || i == 19) sqlite3_bind_int64(s, p++, d);
            else sqlite3_bind_double(s, p++, d * 1.1 + i);
        sqlite3_bind_text(s, p++, "good", 4, SQLITE_STATIC);
        sqlite3_bind_null(s, p++);
        sqlite3_bind_text(s, p++, text, 700, SQLITE_STATIC);
        sqlite3_bind_text(s, p++, parts, 27, SQLITE_STATIC);
        if (sqlite3_step(s) != SQLITE_DONE) { fprintf(stderr, "%s\n", sqlite3_errmsg(db)); return 1; }
        sqlite3_reset(s);
    }
    run(db, "COMMIT");
    double inserted = now(); double cpu1 = clock();
    sqlite3_finalize(s);
    sqlite3_close(db);
    int fd = open(file, O_RDWR);
    long size = lseek(fd, 0, SEEK_END);
    fsync(fd);
    double synced = now();
    printf("cpu %.2f us a row, ", (cpu1-cpu0)/rows); printf("page %ld: %.0f rows/s inserted, %.0f rows/s with fsync, %ld bytes, %.0f bytes a row\n", page, rows / (inserted - start), rows / (synced - start), size, size / (double)rows);
    return 0;
}
