// What SQLite alone takes: the very rows of a database that health_ingestion wrote, inserted by C alone.
// cc -O3 -o sqlite_insert sqlite_insert.c -lsqlite3 && ./sqlite_insert SOURCE.db TARGET.db [PAGE_BYTES [CACHE_KIB]]
// All rows of daily_summaries are loaded into memory first. Then the clock runs: the same table in a new file with the
// same settings as the sink's, every row bound and inserted in key order, one transaction, close, fsync.
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int type, length;
    union {
        sqlite3_int64 integer;
        double real;
        char *text;
    };
} Value;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
    exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, 0, 0, 0))
        fail(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, 0))
        fail(db, sql);
    return statement;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "sqlite_insert SOURCE.db TARGET.db [PAGE_BYTES [CACHE_KIB]]\n");
        return 2;
    }
    const char *target = argv[2];
    sqlite3 *source, *db;
    if (sqlite3_open_v2(argv[1], &source, SQLITE_OPEN_READONLY, 0))
        fail(source, argv[1]);
    sqlite3_stmt *s = prepare(source, "SELECT sql FROM sqlite_master WHERE name = 'daily_summaries'");
    if (sqlite3_step(s) != SQLITE_ROW)
        fail(0, "no table daily_summaries");
    char *create = strdup((const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);

    s = prepare(source, "SELECT * FROM daily_summaries ORDER BY user_id, date");
    int columns = sqlite3_column_count(s), result;
    long rows = 0, room = 0;
    Value *values = 0;
    while ((result = sqlite3_step(s)) == SQLITE_ROW) {
        if (rows == room && !(values = realloc(values, (room = room ? room * 2 : 4096) * columns * sizeof *values)))
            fail(0, "memory");
        for (int i = 0; i < columns; i++) {
            Value *v = &values[rows * columns + i];
            v->type = sqlite3_column_type(s, i);
            if (v->type == SQLITE_INTEGER)
                v->integer = sqlite3_column_int64(s, i);
            else if (v->type == SQLITE_FLOAT)
                v->real = sqlite3_column_double(s, i);
            else if (v->type == SQLITE_TEXT) {
                const void *text = sqlite3_column_text(s, i);
                v->length = sqlite3_column_bytes(s, i);
                if (!(v->text = malloc(v->length + 1)))
                    fail(0, "memory");
                memcpy(v->text, text, v->length);
            }
        }
        rows++;
    }
    if (result != SQLITE_DONE)
        fail(source, "reading");
    sqlite3_finalize(s);
    sqlite3_close(source);

    unlink(target);
    double start = now(), cpu = clock();
    if (sqlite3_open_v2(target, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, 0))
        fail(db, target);
    char sql[1024];
    snprintf(sql, sizeof sql, "PRAGMA page_size=%s; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-%s;",
             argc > 3 ? argv[3] : "32768", argc > 4 ? argv[4] : "16384");
    run(db, sql);
    run(db, create);
    strcpy(sql, "INSERT INTO daily_summaries VALUES (?");
    for (int i = 1; i < columns; i++)
        strcat(sql, ",?");
    strcat(sql, ")");
    s = prepare(db, sql);
    run(db, "BEGIN");
    for (long r = 0; r < rows; r++) {
        for (int i = 0; i < columns; i++) {
            Value *v = &values[r * columns + i];
            if (v->type == SQLITE_INTEGER)
                sqlite3_bind_int64(s, i + 1, v->integer);
            else if (v->type == SQLITE_FLOAT)
                sqlite3_bind_double(s, i + 1, v->real);
            else if (v->type == SQLITE_TEXT)
                sqlite3_bind_text(s, i + 1, v->text, v->length, SQLITE_STATIC);
            else
                sqlite3_bind_null(s, i + 1);
        }
        if (sqlite3_step(s) != SQLITE_DONE)
            fail(db, "insert");
        sqlite3_reset(s);
    }
    run(db, "COMMIT");
    double inserted = now(), cpuSeconds = (clock() - cpu) / CLOCKS_PER_SEC;
    sqlite3_finalize(s);
    sqlite3_close(db);
    int fd = open(target, O_RDWR);
    long size = lseek(fd, 0, SEEK_END);
    if (fd < 0 || fsync(fd))
        fail(0, "fsync");
    double synced = now();
    printf("%.6f s for %ld rows, %.6f s without fsync, %.6f s CPU; %.0f rows/s; %ld bytes, %.0f a row\n", synced - start, rows, inserted - start,
           cpuSeconds, rows / (synced - start), size, rows ? size / (double)rows : 0);
    return 0;
}
