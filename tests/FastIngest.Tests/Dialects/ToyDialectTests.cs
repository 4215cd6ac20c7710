using System.Runtime.CompilerServices;
using System.Text;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Pipeline;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>
/// A new dialect needs one folder and one line in a list. This one reads <c>user day bpm</c>, one record per line, and
/// depends on nothing else.
/// </summary>
public sealed class ToyDialectTests
{
    [Fact]
    public void A_dialect_that_is_added_is_recognised_split_and_read()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("heart_rate.json", Encoding.UTF8.GetBytes("#bpm\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"u{i / 1000} 2024-01-0{1 + (i % 2)} {60 + (i % 7)}\n"))));
        foreach (int chunkBytes in (int[])[0, 10, 1000])
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [path], ChunkBytes = chunkBytes, Workers = 3, Dialects = [new ToyDialect(), .. DialectCatalog.All] });
            Assert.Equal((5000, 5000, 10), (run.Report.Records, run.Report.Aggregated, run.Report.Rows));
            Assert.Contains("Heart rate: 60 to 66 bpm", run.Rows, StringComparison.Ordinal);
        }
    }

    private sealed class ToyDialect : Dialect
    {
        public override string Name => "toy";

        public override IReadOnlyList<string> Endings { get; } = [".toy"];

        public override bool Recognises(ReadOnlySpan<byte> head) => head.StartsWith("#bpm\n"u8);

        public override FilePlan Plan(SourceFile file, Category category, int chunkBytes, int maxRecordBytes) =>
            new ToyPlan { Dialect = this, File = file, Category = category, Head = new FramePosition(5, FrameState.Top), ChunkBytes = chunkBytes };

        public override ChunkReader CreateReader(Category category, int maxRecordBytes) => new ToyReader(category);

        public override IEnumerable<ReferenceRecord> ReadAll(FilePlan plan, byte[] file, int maxRecordBytes, StrongBox<FramePosition> last) => throw new NotSupportedException();
    }

    private sealed class ToyPlan : FilePlan;

    private sealed class ToyReader(Category category) : ChunkReader(category)
    {
        protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
        {
            int feed = Window.Bytes[(int)(from - 1 - Window.Offset)..].IndexOf((byte)'\n');
            return feed < 0 || from + feed >= endExcl ? null : new FramePosition(from + feed, FrameState.Top);
        }

        protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
        {
            key = default;
            return false;
        }

        private protected override FramePosition ReadFrom(
            FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
        {
            ToyLines lines = new(Window, start.Offset, endExcl);
            ReadRecords(new ToyRecords(lines), output, encoders, cancellationToken);
            return new FramePosition(lines.Position, FrameState.Top);
        }
    }

    private sealed class ToyLines(FileWindow window, long position, long endExcl)
    {
        public long Position { get; private set; } = position;

        public long[] Bpm { get; } = new long[1];

        public bool Next(out ReadOnlySpan<byte> line)
        {
            line = default;
            if (Position >= endExcl)
            {
                return false;
            }

            line = window.Bytes[(int)(Position - window.Offset)..];
            line = line[..line.IndexOf((byte)'\n')];
            Position += line.Length + 1;
            return true;
        }

        public ReadOnlySpan<byte> Last(int length) => window.Bytes.Slice((int)(Position - length - 1 - window.Offset), length);
    }

    private struct ToyRecords(ToyLines lines) : IRecordReader
    {
        public long Offset => lines.Position - Length - 1;

        public long Length { get; private set; }

        public readonly RejectReason? Unread => null;

        public bool Next()
        {
            bool isThere = lines.Next(out ReadOnlySpan<byte> line);
            Length = line.Length;
            return isThere;
        }

        public readonly void Decode(out RecordView view)
        {
            view = default;
            ReadOnlySpan<byte> line = lines.Last((int)Length);
            view.UserId = line[..2];
            view.Timestamp = line[3..13];
            view.Day = new DateOnly(2024, 1, line[12] - '0').DayNumber;
            lines.Bpm[0] = int.Parse(line[14..], System.Globalization.CultureInfo.InvariantCulture) * 1_000_000L;
            view.Numbers = lines.Bpm;
            view.NumbersPresent = 1;
        }

        public readonly bool TryGetSampleOfLastKey(out long value)
        {
            value = 0;
            return false;
        }

        public readonly int ReadRun(Span<long> numbers) => 0;

        public readonly void UndoRun()
        {
        }

        public readonly void AcceptRun(int count)
        {
        }

        public readonly void Accept(NameCounts unknown)
        {
        }

        public readonly void TakeUnknown(NameCounts unknown)
        {
        }

        public readonly void CountUnreadable(uint fields, NameCounts unreadable)
        {
        }
    }
}
