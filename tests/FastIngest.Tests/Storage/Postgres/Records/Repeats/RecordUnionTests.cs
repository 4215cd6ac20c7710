using System.Text;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Storage.Postgres.Records.Repeats;

/// <summary>Records with an id of their program, and totals that a later export states anew, among other records.</summary>
public sealed class RecordUnionTests
{
    private static readonly DateOnly Day = new(2024, 1, 1);

    [Fact]
    public void Of_the_records_with_one_id_the_first_in_the_input_stays()
    {
        Random random = new(11);
        using TemporaryFolder folder = new();
        using RecordUnion union = new(folder.Path);
        List<(string User, DateOnly Day, string Id, long Place, int Number, double Value)> rates = [];
        CopyBuffer tuples = new(1 << 16);
        for (int i = 0; i < 800; i++)
        {
            (string, DateOnly, string, long, int, double) rate = (
                "u" + random.Next(2), Day.AddDays(random.Next(-1, 2)), random.Next(3) == 0 ? "" : "\u0001" + random.Next(20), random.Next(4) * 1L << 32, random.Next(1000), random.Next(50));
            rates.Add(rate);
            Add(tuples, rate);
        }

        union.Add(Category.HeartRate, tuples.WrittenSpan, CancellationToken.None);

        // Records without an id are compared by their content, here without any time: a file has each as often as it has it.
        IEnumerable<(string, DateOnly, double)> expected = rates.Where(r => r.Id.Length > 0)
            .GroupBy(r => (r.User, r.Day, r.Id)).Select(g => g.OrderBy(r => r.Place).ThenBy(r => r.Number).First())
            .Concat(rates.Where(r => r.Id.Length == 0))
            .Select(r => (r.User, r.Day, r.Value));
        Assert.Equal(expected.Order(), Read(union, Category.HeartRate, (ref CopyTupleReader f) =>
        {
            string user = Text(ref f);
            return (user, new DateOnly(2000, 1, 1).AddDays((int)Math.Floor(f.Int8() / 86_400e6)), f.Float8());
        }));

        static void Add(CopyBuffer tuples, (string User, DateOnly Day, string Id, long Place, int Number, double Value) rate)
        {
            tuples.BeginTuple(rate.Id.Length > 0 ? 8 : 5);
            tuples.Text(Encoding.UTF8.GetBytes(rate.User));
            tuples.Timestamp(rate.Day.DayNumber, 86_399_999_999);
            tuples.Float8(rate.Value);
            tuples.Int4(0);
            tuples.Text(Encoding.UTF8.GetBytes(rate.Id));
            if (rate.Id.Length > 0)
            {
                tuples.Int8(rate.Place);
                tuples.Int4(rate.Number);
                tuples.Int8(0);
            }
        }
    }

    [Fact]
    public void Of_a_total_all_parts_of_the_file_with_the_largest_sum_stay_and_of_equal_files_the_first()
    {
        using TemporaryFolder folder = new();
        using RecordUnion union = new(folder.Path);
        CopyBuffer tuples = new(1 << 16);
        foreach ((string metric, string? source, int file, int value) in (ReadOnlySpan<(string, string?, int, int)>)
            [("steps", "watch", 0, 100), ("steps", "watch", 1, 149), ("steps", "watch", 0, 50), ("steps", "phone", 0, 7), ("steps", "phone", 1, 8), ("kcal", null, 1, 5), ("kcal", null, 0, 5), ("kcal", null, 2, 4)])
        {
            tuples.BeginTuple(13);
            tuples.Text("u"u8);
            tuples.Date(Day.DayNumber);
            tuples.Timestamp(Day.DayNumber, 0);
            tuples.Text(Encoding.UTF8.GetBytes(metric));
            tuples.Float8(value);
            tuples.Text("x"u8);
            if (source is null)
            {
                tuples.Null();
            }
            else
            {
                tuples.Text(Encoding.UTF8.GetBytes(source));
            }

            tuples.Null();
            tuples.Int4(file);
            tuples.Text([RecordView.IdMark, RecordView.TotalMark, (byte)'d']);
            tuples.Int8((long)file << 32);
            tuples.Int4(value);
            tuples.Int8(value * 1_000_000L);
        }

        union.Add(Category.Samples, tuples.WrittenSpan, CancellationToken.None);
        Assert.Equal(["kcal 5", "steps 8", "steps 50", "steps 100"], Read(union, Category.Samples, (ref CopyTupleReader f) =>
        {
            f.TryField(out _);
            f.TryField(out _);
            f.TryField(out _);
            string metric = Text(ref f);
            return $"{metric} {f.Float8()}";
        }));
    }

    private static List<T> Read<T>(RecordUnion union, Category category, Decode<T> decode)
    {
        DistinctRecords records = union.Finish(CancellationToken.None);
        List<T> read = [];
        while (records.Next(RecordTable.IndexOf(category)))
        {
            CopyTupleReader fields = CopyTupleReader.OfTuple(records.Tuple);
            read.Add(decode(ref fields));
        }

        return read;
    }

    private static string Text(ref CopyTupleReader fields)
    {
        fields.TryField(out ReadOnlySpan<byte> text);
        return Encoding.UTF8.GetString(text);
    }

    private delegate T Decode<T>(ref CopyTupleReader fields);
}
