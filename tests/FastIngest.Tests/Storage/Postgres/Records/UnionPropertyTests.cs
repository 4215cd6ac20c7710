using System.Globalization;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Records;

/// <summary>
/// A property of <see cref="OnFewer.Union"/>: after any runs with any parts of the data, in any files, the tables hold of each distinct
/// record as many as the run with the most of them had, and each day equals that of one run with exactly these records.
/// </summary>
public sealed class UnionPropertyTests
{
    private const string Columns = "user_id, date::text, hr_count, hr_min, hr_max, hr_mean, meal_count, meal_kcal, protein_g";

    [Fact]
    public void Any_parts_in_any_order_add_up_to_one_run_with_all_their_records() => Fuzz.Run(8800000, 6, random =>
    {
        PostgresTables united = new(), whole = new();
        Dictionary<string, int> stored = [];
        for (int run = random.Next(2, 5); run > 0; run--)
        {
            Dictionary<string, int> part = [];
            using TemporaryFolder folder = new();
            int files = random.Next(1, 4);
            for (int f = 0; f < files; f++)
            {
                List<string> records = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => AnyRecord(random))];
                Merge(part, records);
                Write(folder, f.ToString(CultureInfo.InvariantCulture), records);
            }

            Dictionary<string, int> before = new(stored);
            Merge(stored, [.. part.SelectMany(r => Enumerable.Repeat(r.Key, r.Value))]);
            IngestReport report = Ingest(united, folder.Path, OnFewer.Union, random);

            // Of the days that the part has records of, the records that it lacks were taken in.
            HashSet<string> days = [.. part.Keys.Select(DayOf)];
            long lacking = before.Where(r => days.Contains(DayOf(r.Key))).Sum(r => Math.Max(0, r.Value - part.GetValueOrDefault(r.Key)));
            Assert.Equal(lacking, report.Stored);
            Assert.Equal(report.Records + report.Stored, report.Aggregated + report.Repeated);
            Assert.Equal(0, report.Sinks[1].Result!.PoorerDays);
        }

        using TemporaryFolder all = new();
        Write(all, "all", [.. stored.SelectMany(r => Enumerable.Repeat(r.Key, r.Value))]);
        Ingest(whole, all.Path, OnFewer.Replace, random);
        Assert.Equal(whole.DumpRecords(), united.DumpRecords());
        Assert.Equal(whole.Query($"SELECT {Columns} FROM {{s}}.daily_summaries ORDER BY 1, 2"), united.Query($"SELECT {Columns} FROM {{s}}.daily_summaries ORDER BY 1, 2"));
    });

    /// <summary>A record of heart rates or meals, of few users, days and values, so that many are equal.</summary>
    private static string AnyRecord(Random random)
    {
        string user = $"\"user_id\":\"u{random.Next(3)}\"", day = $"2024-0{random.Next(1, 3)}-0{random.Next(1, 4)}";
        return random.Next(3) > 0
            ? $"{{{user},\"date_time\":\"{day} 08:0{random.Next(2)}:00\",\"value\":{60 + (random.Next(3) * 0.5)}}}"
            : $"{{{user},\"date\":\"{day}\",\"meal_type\":\"{random.Any(["lunch", "d\\u00efner \\\"x\\\"", ""])}\",\"calories\":{random.Next(3)}.{random.Next(1_000_000):000000},\"protein\":{random.Next(2)}}}";
    }

    /// <summary>The category, user and day of a record.</summary>
    private static string DayOf(string record) =>
        $"{record.Contains("\"value\"", StringComparison.Ordinal)} {record[record.IndexOf("user_id", StringComparison.Ordinal)..(record.IndexOf("2024-", StringComparison.Ordinal) + 10)]}";

    private static void Merge(Dictionary<string, int> into, List<string> records)
    {
        foreach (IGrouping<string, string> equal in records.GroupBy(r => r))
        {
            into[equal.Key] = Math.Max(into.GetValueOrDefault(equal.Key), equal.Count());
        }
    }

    private static void Write(TemporaryFolder folder, string name, List<string> records)
    {
        foreach (IGrouping<bool, string> category in records.GroupBy(r => r.Contains("\"value\"", StringComparison.Ordinal)))
        {
            File.WriteAllText(folder.File($"{(category.Key ? "heart_rate" : "nutrition")}-{name}.json"), $"[{string.Join(",\n", category)}]");
        }
    }

    private static IngestReport Ingest(PostgresTables tables, string path, OnFewer onFewer, Random random)
    {
        PostgresSink sink = new(PostgresServer.Shared.Url, tables.Schema, new PostgresRetry(3, TimeSpan.FromMilliseconds(20)), takesRecords: true, onFewer);
        try
        {
            return Support.Run.Ingest(
                new IngestOptions { Paths = [path], Workers = random.Next(1, 4), ChunkBytes = random.Next(50, 3000), Partitions = random.Next(1, 5) }, sink).Report;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
