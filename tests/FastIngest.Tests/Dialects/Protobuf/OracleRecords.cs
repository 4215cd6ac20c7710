using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.V1;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>Records as lines: those of messages that Google.Protobuf has read, by the words of docs/fastingest.proto, and those of a run.</summary>
internal static partial class OracleRecords
{
    /// <summary>The records of the batches of a file.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Frame> frames) => frames.Where(f => f.Batch is not null).SelectMany(f => Lines(f.Batch));

    private static IEnumerable<string> Lines(Batch batch)
    {
        int records = (int)batch.Records;
        string Text(uint index) => index == 0 ? "" : batch.Texts[(int)index - 1];
        uint[] user = Column(batch.User, records), form = Column(batch.TimeForm, records), endForm = Column(batch.EndForm, records), id = Column(batch.Id, records);
        uint[][] texts = [Column(batch.Text1, records), Column(batch.Text2, records), Column(batch.Text3, records)];
        uint[] nameCount = Column(batch.NameCount, records);
        long[] duration = Column(batch.Duration, records);
        int[] dayOffset = Column(batch.DayOffset, records);
        long?[][] numbers = [.. batch.Numbers.Select(n => Decimals(n, records))];
        long?[] smallest = Decimals(batch.Smallest, records), largest = Decimals(batch.Largest, records), named = Decimals(batch.Named, batch.Name.Count);
        long time = 0, unit = Math.Max((long)batch.TimeUnit, 1);
        int name = 0;
        for (int i = 0; i < records; i++)
        {
            time += i < batch.Time.Count ? batch.Time[i] : 0;
            bool isProfile = batch.Category == V1.Category.Users;
            DateTime start = new(time * unit * 10);
            StringBuilder line = new($"{(int)batch.Category - 1}|{Text(user[i])}|{(isProfile ? "" : start.AddDays(dayOffset[i]).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}|");
            line.Append(isProfile ? "" : Stamp(Text(form[i]), start)).Append('|').Append(Text(id[i]));
            foreach (uint[] column in texts)
            {
                line.Append('|').Append(Text(column[i]));
            }

            line.Append(endForm[i] == 0 ? "" : Stamp(Text(endForm[i]), start.AddTicks(duration[i] * unit * 10)));
            line.Append('|').AppendJoin(' ', numbers.Select(n => n[i]?.ToString(CultureInfo.InvariantCulture) ?? "-"));
            line.Append('|').Append(CultureInfo.InvariantCulture, $"{smallest[i]} {largest[i]}|");
            for (uint n = 0; n < nameCount[i]; n++, name++)
            {
                line.Append(CultureInfo.InvariantCulture, $"{Text(batch.Name[name])}={named[name]},");
            }

            yield return line.ToString();
        }
    }

    /// <summary>A column has a value for each record, one for all, or none.</summary>
    private static T[] Column<T>(IReadOnlyList<T> values, int records) =>
        values.Count == records ? [.. values] : [.. Enumerable.Repeat(values.Count == 0 ? default! : values.Single(), records)];

    private static long?[] Decimals(Numbers? column, int records)
    {
        if (column is null || column.Values.Count == 0)
        {
            return new long?[records];
        }

        bool[] present = [.. Enumerable.Range(0, records).Select(i => column.Present.Length == 0 || (column.Present[i / 8] >> (i % 8) & 1) != 0)];
        Queue<long> values = new(Column(column.Values, present.Count(p => p)));
        return [.. present.Select(p => p ? values.Dequeue() * Math.Max((long)column.Scale, 1) : (long?)null)];
    }

    private static string Stamp(string form, DateTime time)
    {
        if (form.StartsWith('!'))
        {
            return form[1..];
        }

        Match match = Form().Match(form);
        Assert.True(match.Success, form);
        return time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + match.Groups["separator"].Value
            + (match.Groups["minutes"].Success ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : "")
            + (match.Groups["seconds"].Success ? time.ToString(":ss", CultureInfo.InvariantCulture) : "")
            + (match.Groups["fraction"].Success ? time.ToString("." + match.Groups["fraction"].Value, CultureInfo.InvariantCulture) : "")
            + match.Groups["zone"].Value;
    }

    [GeneratedRegex(@"^((?<separator>[T ])(?<minutes>hh:mm)(?<seconds>:ss(\.(?<fraction>f{1,6}))?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$")]
    private static partial Regex Form();

    /// <summary>Takes the records of a run as lines.</summary>
    public sealed class Sink : ISummarySink, IRecordSink
    {
        private readonly LineFormat _format = new();

        public List<string> Lines { get; } = [];

        public string DisplayName => "lines";

        public IRecordFormat? RecordFormat => _format;

        public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            Lines.AddRange(((LineBatch)batch).Lines);
            return ValueTask.CompletedTask;
        }

        public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken) => ValueTask.FromResult(new SinkResult(0, 0, 0, 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class LineFormat : IRecordFormat
    {
        public bool TakesProfiles => true;

        public Func<RecordBatch> CreateBatches(int pieceBytes) => () => new LineBatch(this);

        public RecordEncoder CreateEncoder(FastIngest.Health.Category category) => new LineEncoder(category);
    }

    private sealed class LineBatch(LineFormat format) : RecordBatch
    {
        public override IRecordFormat Format => format;

        public List<string> Lines { get; } = [];

        public override void Save(BinaryWriter output) => throw new NotSupportedException();

        public override void Load(BinaryReader input) => throw new NotSupportedException();

        public override void Clear()
        {
            base.Clear();
            Lines.Clear();
        }
    }

    private sealed class LineEncoder(FastIngest.Health.Category category) : RecordEncoder
    {
        private LineBatch? _batch;

        public override void Begin(RecordBatch batch) => _batch = (LineBatch)batch;

        public override void Write(scoped in RecordView record)
        {
            string day = record.Day == RecordView.ProfileDay ? "" : DateOnly.FromDayNumber(record.Day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            StringBuilder line = new($"{(int)category}|{Text(record.UserId)}|{day}|{Text(record.Timestamp)}|{Text(record.VendorId)}|{Text(record.Text0)}|{Text(record.Text1)}|{Text(record.Text2)}|");
            uint present = record.NumbersPresent;
            line.AppendJoin(' ', record.Numbers.ToArray().Select((n, i) => (present >> i & 1) != 0 ? n.ToString(CultureInfo.InvariantCulture) : "-"));
            line.Append(CultureInfo.InvariantCulture, $"|{record.Spread?.Min} {record.Spread?.Max}|");
            ReadOnlySpan<byte> names = record.Named.Names;
            for (int i = 0; i < record.Named.Numbers.Length; i++)
            {
                line.Append(CultureInfo.InvariantCulture, $"{Text(NameList.ReadName(ref names))}={(record.Named.Has(i) ? record.Named.Numbers[i] : null)},");
            }

            _batch!.Lines.Add(line.ToString());
            _batch.Rows++;
        }

        private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
    }
}
