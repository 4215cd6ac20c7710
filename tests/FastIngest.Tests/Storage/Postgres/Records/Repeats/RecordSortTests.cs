using System.Text;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Records.Repeats;

/// <summary>The order of the records in files of columns and the removal of repeats, with a buffer that holds a few records only.</summary>
public sealed class RecordSortTests
{
    private static readonly int Rates = Array.FindIndex([.. RecordTable.All], t => t.Category == Category.HeartRate);
    private static readonly int Meals = Array.FindIndex([.. RecordTable.All], t => t.Category == Category.Nutrition);

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(3000)]
    [InlineData(1 << 20)]
    public void Records_come_in_the_order_of_their_content_through_any_buffer(int bufferBytes)
    {
        Random random = new(7);
        Rate[] rates = [.. Enumerable.Range(0, 1500).Select(_ => RandomRate(random, files: 1))];
        using TemporaryFolder folder = new();
        using RecordSort sort = new(RecordOrder.Instance, folder.Path, bufferBytes, fanIn: 3);
        foreach (Rate rate in rates)
        {
            sort.Add(Rates, rate.Tuple(hasOrigin: false), CancellationToken.None);
            Assert.Empty(Directory.GetFiles(folder.Path));
        }

        Assert.Equal(rates.Select(r => r.Content).OrderBy(c => c), Read(sort, Rates));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(400, 4)]
    [InlineData(1 << 20, 3)]
    public void Of_equal_records_as_many_stay_as_the_file_has_that_has_most(int bufferBytes, int files)
    {
        Random random = new(files);
        Rate[] rates = [.. Enumerable.Range(0, 1500).Select(_ => RandomRate(random, files))];
        using TemporaryFolder folder = new();
        using RecordSort sort = new(RecordOrder.Instance, folder.Path, bufferBytes, fanIn: 4);
        foreach (Rate rate in rates)
        {
            sort.Add(Rates, rate.Tuple(hasOrigin: true), CancellationToken.None);
        }

        (string, DateTime, double)[] expected =
        [
            .. rates.GroupBy(r => (r.Content, r.Written))
                .SelectMany(g => Enumerable.Repeat(g.Key.Content, g.GroupBy(r => r.File).Max(f => f.Count())))
                .OrderBy(c => c),
        ];
        Assert.True(expected.Length < rates.Length * 0.9);
        Assert.Equal(expected, Read(sort, Rates));
    }

    [Fact]
    public void Missing_values_come_last_and_tables_and_large_records_in_their_order()
    {
        using TemporaryFolder folder = new();
        using RecordSort sort = new(RecordOrder.Instance, folder.Path, 1000, fanIn: 2);
        string large = new('m', 300_000);
        int texts = RecordSchema.Of(Category.Nutrition).TextCount, numbers = RecordSchema.Of(Category.Nutrition).NumberCount;
        foreach (string? name in (string?[])[null, "b", large, "", null, "é", "B"])
        {
            sort.Add(Rates, new Rate("u", default, 1, 0, "").Tuple(hasOrigin: false), CancellationToken.None);
            CopyBuffer meal = new(64);
            meal.BeginTuple(2 + texts + numbers);
            meal.Text("u"u8);
            meal.Date(739_000);
            for (int i = 0; i < texts + numbers; i++)
            {
                if (i == 0 && name is not null)
                {
                    meal.Text(Encoding.UTF8.GetBytes(name));
                }
                else
                {
                    meal.Null();
                }
            }

            sort.Add(Meals, meal.WrittenSpan, CancellationToken.None);
        }

        DistinctRecords records = new(sort.Finish());
        List<string?> names = [];
        while (records.Next(Meals))
        {
            CopyTupleReader fields = CopyTupleReader.OfTuple(records.Tuple);
            fields.TryField(out _);
            fields.TryField(out _);
            names.Add(fields.TryField(out ReadOnlySpan<byte> name) ? Encoding.UTF8.GetString(name) : null);
        }

        Assert.Equal(["", "B", "b", large, "é", null, null], names);
        Assert.Equal(7, Enumerable.Range(0, 8).Count(_ => records.Next(Rates)));
    }

    [Fact]
    public void Without_records_there_is_nothing()
    {
        using RecordSort sort = new(RecordOrder.Instance, "/none");
        Assert.False(new DistinctRecords(sort.Finish()).Next(0));
    }

    [Fact]
    public void A_folder_that_is_missing_is_named()
    {
        using RecordSort sort = new(RecordOrder.Instance, "/none", 10);
        sort.Add(Rates, new Rate("u", default, 1, 0, "").Tuple(hasOrigin: false), CancellationToken.None);
        IngestException error = Assert.Throws<IngestException>(() => sort.Add(Rates, new Rate("u", default, 1, 0, "").Tuple(hasOrigin: false), CancellationToken.None));
        Assert.Contains("/none", error.Message, StringComparison.Ordinal);
    }

    private static Rate RandomRate(Random random, int files) => new(
        "u" + new string('x', random.Next(3)), new DateTime(1999, 12, 31).AddHours(random.Next(48)), random.Next(-2, 3) / 2.0, random.Next(files), random.Next(2) == 0 ? "a" : "b");

    private static List<(string User, DateTime Time, double Value)> Read(RecordSort sort, int table)
    {
        DistinctRecords records = new(sort.Finish());
        List<(string, DateTime, double)> read = [];
        while (records.Next(table))
        {
            CopyTupleReader fields = CopyTupleReader.OfTuple(records.Tuple);
            fields.TryField(out ReadOnlySpan<byte> user);
            read.Add((Encoding.UTF8.GetString(user), new DateTime(2000, 1, 1).AddMicroseconds(fields.Int8()), fields.Float8()));
        }

        return read;
    }

    private sealed record Rate(string User, DateTime Time, double Value, int File, string Written)
    {
        public (string User, DateTime Time, double Value) Content => (User, Time, Value);

        public ReadOnlySpan<byte> Tuple(bool hasOrigin)
        {
            CopyBuffer tuple = new(64);
            tuple.BeginTuple(hasOrigin ? 5 : 3);
            tuple.Text(Encoding.UTF8.GetBytes(User));
            tuple.Timestamp(DateOnly.FromDateTime(Time).DayNumber, Time.TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond);
            tuple.Float8(Value);
            if (hasOrigin)
            {
                tuple.Int4(File);
                tuple.Text(Encoding.UTF8.GetBytes(Written));
            }

            return tuple.WrittenSpan;
        }
    }
}
