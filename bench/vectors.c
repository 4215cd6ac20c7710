// Two tools for bench/search.sh.
//
//   vectors fill DATABASE USERS DAYS DIMENSIONS MD5  fills the tables of a new SQLite database with days and random vectors
//   vectors scan FILE DIMENSIONS how THREADS      the floor of a search: compares a vector with all numbers of a file, which
//                                                 is mapped (how = mmap) or read in blocks (how = pread), or only reads (how = read)
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// The text of every day; bench/search.sh passes its MD5.
#define SUMMARY "Ada on that day."
#define BLOCK (256 << 10)

static uint64_t state = 88172645463325252ull;

static float next_number(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)(state >> 40) / (float)(1 << 24) - 0.5f;
}

static void check(sqlite3 *db, int result) {
    if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW) {
        fprintf(stderr, "vectors: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static int fill(const char *path, int users, int days, int dimensions, const char *md5) {
    sqlite3 *db;
    sqlite3_stmt *summary, *vector;
    check(NULL, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; BEGIN", NULL, NULL, NULL));
    check(db, sqlite3_exec(db,
        "CREATE TABLE embeddings (model TEXT NOT NULL, user_id TEXT NOT NULL, date TEXT NOT NULL, text_md5 TEXT, embedded TEXT, refused_md5 TEXT, "
        "attempts INTEGER NOT NULL, last_error TEXT, vector BLOB, PRIMARY KEY (model, user_id, date)) WITHOUT ROWID;"
        "CREATE TABLE embedding_models (model TEXT NOT NULL PRIMARY KEY, served TEXT NOT NULL, dimensions INTEGER NOT NULL) WITHOUT ROWID", NULL, NULL, NULL));
    char *sql = sqlite3_mprintf("INSERT INTO embedding_models VALUES ('random', 'random', %d)", dimensions);
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
    sqlite3_free(sql);
    check(db, sqlite3_prepare_v2(db,
        "INSERT INTO daily_summaries (user_id, date, activity_count, workout_count, meal_count, sleep_count, hr_count, summary, summary_parts) "
        "VALUES (?1, date('2015-01-01', '+' || ?2 || ' days'), 0, 0, 0, 0, 0, '" SUMMARY "', '16,0,0,0,0,0,0')", -1, &summary, NULL));
    check(db, sqlite3_prepare_v2(db,
        "INSERT INTO embeddings (model, user_id, date, text_md5, embedded, attempts, vector) "
        "VALUES ('random', ?1, date('2015-01-01', '+' || ?2 || ' days'), ?4, '', 1, ?3)", -1, &vector, NULL));
    float *numbers = malloc((size_t)dimensions * sizeof *numbers);
    for (int pass = 0; pass < 2; pass++) {
        sqlite3_stmt *statement = pass == 0 ? summary : vector;
        for (int u = 0; u < users; u++) {
            char id[32];
            snprintf(id, sizeof id, "user_%06d", u);
            for (int d = 0; d < days; d++) {
                sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
                sqlite3_bind_int(statement, 2, d);
                if (pass == 1) {
                    for (int i = 0; i < dimensions; i++) numbers[i] = next_number();
                    sqlite3_bind_blob(statement, 3, numbers, dimensions * (int)sizeof *numbers, SQLITE_STATIC);
                    sqlite3_bind_text(statement, 4, md5, -1, SQLITE_STATIC);
                }
                check(db, sqlite3_step(statement));
                sqlite3_reset(statement);
            }
        }
    }
    sqlite3_finalize(summary);
    sqlite3_finalize(vector);
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    sqlite3_close(db);
    return 0;
}

struct part {
    int file, dimensions, how;
    const char *map;
    long long from, to;
    float best;
};

static float dot(const float *restrict a, const float *restrict b, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void *scan_part(void *argument) {
    struct part *p = argument;
    float *query = malloc((size_t)p->dimensions * sizeof *query);
    for (int i = 0; i < p->dimensions; i++) query[i] = (float)(i % 7) - 3;
    long long row = (long long)p->dimensions * (long long)sizeof(float), block = BLOCK / row * row;
    if (block == 0) block = row;
    char *buffer = aligned_alloc(64, ((size_t)block + 63) / 64 * 64);
    float best = -1e30f;
    for (long long at = p->from; at < p->to; at += block) {
        long long bytes = p->to - at < block ? p->to - at : block;
        const char *from = p->map + at;
        if (p->how != 0) {
            for (long long done = 0; done < bytes;) {
                ssize_t n = pread(p->file, buffer + done, (size_t)(bytes - done), at + done);
                if (n <= 0) exit(1);
                done += n;
            }
            from = buffer;
        }
        for (long long r = 0; p->how != 2 && r + row <= bytes; r += row) {
            float score = dot(query, (const float *)(from + r), p->dimensions);
            if (score > best) best = score;
        }
    }
    p->best = best;
    return NULL;
}

static int scan(const char *path, int dimensions, const char *how, int threads) {
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    int file = open(path, O_RDONLY);
    struct stat info;
    if (file < 0 || fstat(file, &info) != 0) return 1;
    long long row = (long long)dimensions * (long long)sizeof(float), rows = info.st_size / row;
    int kind = strcmp(how, "mmap") == 0 ? 0 : strcmp(how, "pread") == 0 ? 1 : 2;
    const char *map = kind == 0 ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0) : NULL;
    if (map == MAP_FAILED) return 1;
    pthread_t ids[64];
    struct part parts[64];
    for (int t = 0; t < threads; t++) {
        parts[t] = (struct part){file, dimensions, kind, map, rows * t / threads * row, rows * (t + 1) / threads * row, 0};
        pthread_create(&ids[t], NULL, scan_part, &parts[t]);
    }
    for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double seconds = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
    printf("%.3f\n", seconds);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 7 && strcmp(arguments[1], "fill") == 0) return fill(arguments[2], atoi(arguments[3]), atoi(arguments[4]), atoi(arguments[5]), arguments[6]);
    if (count == 6 && strcmp(arguments[1], "scan") == 0) return scan(arguments[2], atoi(arguments[3]), arguments[4], atoi(arguments[5]));
    fprintf(stderr, "usage: vectors fill DATABASE USERS DAYS DIMENSIONS MD5 | vectors scan FILE DIMENSIONS mmap|pread|read THREADS\n");
    return 2;
}
