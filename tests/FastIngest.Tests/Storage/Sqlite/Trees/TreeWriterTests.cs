using System.Globalization;
using System.Text;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Trees;

namespace FastIngest.Tests.Storage.Sqlite.Trees;

/// <summary>Tests that SQLite finds every row of trees that were made without it, and that the rows have the bytes that SQLite itself writes.</summary>
public sealed class TreeWriterTests : IDisposable
{
    private const string Table = "(k TEXT NOT NULL PRIMARY KEY, n INTEGER, r REAL, v TEXT) WITHOUT ROWID";

    private static readonly long[] Numbers =
    [
        0, 1, 2, -1, 127, 128, -128, -129, 32767, 32768, -32768, -32769, 8388607, 8388608, -8388608, -8388609, int.MaxValue, (long)int.MaxValue + 1, int.MinValue,
        (long)int.MinValue - 1, (1L << 47) - 1, 1L << 47, -(1L << 47), -(1L << 47) - 1, long.MaxValue, long.MinValue,
    ];

    private static readonly double[] Reals =
    [
        0, -0.0, 1, -1, 1.5, -0.1, 127, 128, 1e9, 1e14, 140737488355327, 140737488355328, -140737488355327, -140737488355328, 1e15, 9.3e18, 1e300, double.Epsilon,
        double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    private readonly TempFolder _folder = new();

    private string Db => _folder["t.db"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(32768)]
    [InlineData(65536)]
    public void Rows_of_all_lengths_are_found_in_trees_of_all_depths(int pageBytes)
    {
        foreach (int count in (int[])[0, 1, 2, 5, 40, 41, 42, 43, 44, 45, 3000])
        {
            Check(pageBytes, RandomRows(count, pageBytes, new Random(count)));
        }
    }

    /// <summary>The lengths at which a row gets a page of its own, and those at which that page is full.</summary>
    [Theory]
    [InlineData(512)]
    [InlineData(32768)]
    [InlineData(65536)]
    public void Rows_around_the_lengths_at_which_SQLite_splits_them_are_stored_as_SQLite_stores_them(int pageBytes)
    {
        int largest = ((pageBytes - 12) * 64 / 255) - 23, next = pageBytes - 4;
        int[] lengths = [.. Enumerable.Range(largest - 30, 60), .. Enumerable.Range(largest + next - 30, 60), .. Enumerable.Range((3 * next) - 30, 60)];
        Check(pageBytes, [.. lengths.Select((length, i) => new Row($"{i:D6}", 1, 1.5, new string('x', length)))]);
    }

    [Fact]
    public void Numbers_have_the_types_and_bytes_of_SQLite() =>
        Check(4096, [.. Numbers.Select((n, i) => new Row($"a{i:D3}", n, 1, "")), .. Reals.Select((r, i) => new Row($"b{i:D3}", 0, r, null))]);

    [Fact]
    public void Two_trees_share_a_file()
    {
        Row[] rows = RandomRows(2000, 1024, new Random(1));
        using (PartialFile partial = Create(1024, "CREATE TABLE t " + Table, "CREATE TABLE u " + Table))
        {
            PageWriter pages = new(partial, 1024, 3, 0);
            TreeWriter first = new(pages, 2), second = new(pages, 3);
            foreach (Row row in rows)
            {
                first.Add(row.Bytes());
                second.Add(row.Bytes());
            }

            first.Finish();
            second.Finish();
            pages.Finish();
            File.Move(partial.PartialPath, Db);
        }

        using SqliteFile file = new(Db);
        Assert.Equal(["ok"], file.Query("PRAGMA integrity_check"));
        Assert.Equal(rows.Select(r => r.Text()), file.Query("SELECT * FROM t ORDER BY k"));
        Assert.Equal(rows.Select(r => r.Text()), file.Query("SELECT * FROM u ORDER BY k"));
    }

    /// <summary>SQLite uses the byte at 1 GiB for locks, and no data may be in its page. The file has a hole up to there.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_page_of_the_locks_stays_empty(uint before)
    {
        const int PageBytes = 4096;
        const uint LockPage = (0x4000_0000 / PageBytes) + 1;
        Row[] rows = [.. Enumerable.Range(0, 40).Select(i => new Row($"{i:D3}", i, i, new string('x', i % 7 == 0 ? 9000 : 900)))];
        using (PartialFile partial = Create(PageBytes, "CREATE TABLE t " + Table))
        {
            PageWriter pages = new(partial, PageBytes, LockPage - before, 0);
            TreeWriter tree = new(pages, 2);
            foreach (Row row in rows)
            {
                tree.Add(row.Bytes());
            }

            tree.Finish();
            pages.Finish();
            Assert.NotEqual(LockPage, pages.Next);
            File.Move(partial.PartialPath, Db);
        }

        using SqliteFile file = new(Db);
        Assert.Equal(rows.Select(r => r.Text()), file.Query("SELECT * FROM t ORDER BY k"));
        List<string> used = file.Query("SELECT pageno FROM dbstat WHERE name = 't'");
        Assert.DoesNotContain(LockPage.ToString(CultureInfo.InvariantCulture), used);
        Assert.Contains((LockPage + 1).ToString(CultureInfo.InvariantCulture), used);
        Assert.All(rows, row => Assert.Equal([row.Text()], file.Query($"SELECT * FROM t WHERE k = '{row.Key}'")));
    }

    [Fact]
    public void A_file_that_must_not_grow_is_full()
    {
        using PartialFile partial = Create(512, "CREATE TABLE t " + Table);
        PageWriter pages = new(partial, 512, 2, 10);
        TreeWriter tree = new(pages, 2);
        IngestException e = Assert.Throws<IngestException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                tree.Add(new Row($"{i:D6}", i, i, "text").Bytes());
            }
        });
        Assert.Equal($"{Db} cannot be written: the disk is full.", e.Message);
    }

    [Fact]
    public void A_row_that_SQLite_cannot_hold_is_named()
    {
        RecordWriter record = new(2, "some.db");
        byte[] half = new byte[500_000_001];
        record.Add(half);
        IngestException e = Assert.Throws<IngestException>(() => record.Add(half));
        Assert.Equal("some.db cannot hold a text of more than 1 GB.", e.Message);
    }

    private static Row[] RandomRows(int count, int pageBytes, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row(
            $"{i:D6}{new string('k', random.Next(random.Next(40) == 0 ? pageBytes : 8))}",
            Numbers[random.Next(Numbers.Length)],
            Reals[random.Next(Reals.Length)],
            random.Next(5) == 0 ? null : new string('v', random.Next(random.Next(20) == 0 ? 3 * pageBytes : pageBytes / 8)))),
    ];

    private PartialFile Create(int pageBytes, params string[] statements)
    {
        File.Delete(Db);
        PartialFile partial = PartialFile.Create(Db, Db);
        using SqliteFile file = new(partial.PartialPath);
        file.Query($"PRAGMA page_size = {pageBytes}");
        foreach (string statement in statements)
        {
            file.Query(statement);
        }

        return partial;
    }

    private void Check(int pageBytes, Row[] rows)
    {
        using (PartialFile partial = Create(pageBytes, "CREATE TABLE t " + Table))
        {
            PageWriter pages = new(partial, pageBytes, 2, 0);
            TreeWriter tree = new(pages, 2);
            foreach (Row row in rows)
            {
                tree.Add(row.Bytes());
            }

            tree.Finish();
            pages.Finish();
            File.Move(partial.PartialPath, Db);
        }

        using SqliteFile file = new(Db);
        Assert.Equal(["ok"], file.Query("PRAGMA integrity_check"));
        Assert.Equal([rows.Length.ToString(CultureInfo.InvariantCulture)], file.Query("SELECT count(*) FROM t"));
        Assert.Equal(rows.Select(r => r.Text()), file.Query("SELECT * FROM t ORDER BY k"));
        Assert.Equal(rows.Select(r => r.Text()), file.Query("SELECT t.* FROM (SELECT k FROM t) AS keys CROSS JOIN t ON t.k = keys.k"));

        // SQLite stores the same rows in as many bytes, and takes more rows and fewer.
        file.Query("CREATE TABLE copy " + Table);
        file.Query("INSERT INTO copy SELECT * FROM t");
        List<string> bytes = file.Query("SELECT sum(payload) FROM dbstat WHERE name IN ('t', 'copy') GROUP BY name");
        Assert.Equal(bytes[0], bytes[1]);
        file.Query("DELETE FROM t WHERE CAST(substr(k, 1, 6) AS INTEGER) % 3 = 1");
        file.Query("INSERT OR IGNORE INTO t SELECT k || 'x', n, r, v FROM copy");
        file.Query("INSERT OR IGNORE INTO t SELECT * FROM copy");
        Assert.Equal([(2 * rows.Length).ToString(CultureInfo.InvariantCulture)], file.Query("SELECT count(*) FROM t"));
        Assert.Equal(["ok"], file.Query("PRAGMA integrity_check"));
    }

    private sealed record Row(string Key, long Number, double Real, string? Value)
    {
        private static readonly RecordWriter Record = new(4, "t.db");

        public byte[] Bytes()
        {
            Record.Add(Encoding.UTF8.GetBytes(Key));
            Record.Add(Number);
            Record.Add(Real);
            if (Value is null)
            {
                Record.AddNull();
            }
            else
            {
                Record.Add(Encoding.UTF8.GetBytes(Value));
            }

            return Record.Finish().ToArray();
        }

        /// <summary>The row as a query returns it: SQLite stores minus zero as zero.</summary>
        public string Text() => string.Create(
            CultureInfo.InvariantCulture, $"{Key} {Number} {(double.IsNaN(Real) ? "NULL" : (Real == 0 ? 0 : Real).ToString("R", CultureInfo.InvariantCulture) + "r")} {Value ?? "NULL"}");
    }
}
