using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Tests.Sinks.Entries;

/// <summary>A reprocess whose commits fail counts every record once, whether or not the store executed the commit.</summary>
public sealed class ReprocessSessionTests
{
    private const string Source = "words";

    /// <summary>Records 1 to 25. The entry of the last one is stored, but duplicates the first one.</summary>
    private const int Records = 25;

    public static TheoryData<int, bool> Commits
    {
        get
        {
            TheoryData<int, bool> commits = [];
            for (int number = 1; number <= 4; number++)
            {
                commits.Add(number, true);
                commits.Add(number, false);
            }

            return commits;
        }
    }

    /// <summary>Merges of ten, ten and five records, then the end of the source: four commits.</summary>
    [Theory]
    [MemberData(nameof(Commits))]
    public async Task A_commit_that_fails_is_counted_once_whether_it_was_done_or_not(int failedCommit, bool isDone)
    {
        FakeStore store = new() { FailedCommit = failedCommit, IsFailedCommitDone = isDone };
        ReprocessSession session = new(store, new EntryPolicy(), mergeRows: 10);

        (EntryResult result, int passes) = await RunAsync(session);

        Assert.Equal(2, passes);
        Assert.Equal(new EntryResult(Records, 0, Records - 1, 0, 1, 0, 0), result);
        Assert.Equal(Enumerable.Range(1, Records - 1).Select(i => (long)i), store.Entries);
        Assert.Null(store.Position);
    }

    [Fact]
    public async Task A_source_that_another_run_left_unfinished_counts_from_its_position()
    {
        FakeStore store = new() { Position = 20, Entries = { 1, 2, 3 } };
        ReprocessSession session = new(store, new EntryPolicy(), mergeRows: 10);

        (EntryResult result, _) = await RunAsync(session);

        Assert.Equal(new EntryResult(5, 0, 4, 0, 1, 0, 0), result);
    }

    private static async Task<(EntryResult Result, int Passes)> RunAsync(ReprocessSession session)
    {
        for (int passes = 1; ; passes++)
        {
            try
            {
                using IStoredRecords records = await session.BeginAsync(Source, TestContext.Current.CancellationToken);
                EntryBatch batch = new();
                while (records.MoveNext())
                {
                    ref EntryRow row = ref batch.AddRow(0, 0);
                    row.RawId = records.Id;
                    row.Status = CleaningStatus.Valid;
                    row.QualityHundredths = 100;
                    row.IsStoredSame = records.Id == Records;
                }

                await session.WriteAsync(batch, TestContext.Current.CancellationToken);
                return (await session.FinishAsync(TestContext.Current.CancellationToken), passes);
            }
            catch (IngestException)
            {
                Assert.True(passes < 3, "It fails once.");
            }
        }
    }

    /// <summary>A store in memory, one of whose commits throws, either before or after it is executed.</summary>
    private sealed class FakeStore : IEntryStore
    {
        private readonly List<long> _written = [];
        private int _commits;

        public int FailedCommit { get; init; }

        public bool IsFailedCommitDone { get; init; }

        public SortedSet<long> Entries { get; } = [Records];

        public long? Position { get; set; }

        public string DisplayName => "memory";

        public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<string>>([Source]);

        public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken) => ValueTask.FromResult((long)Records);

        public ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IStoredRecords>(new FakeRecords(position));

        public IStoredComparer CreateComparer(string source) => throw new NotSupportedException();

        public ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken)
        {
            _written.Clear();
            return ValueTask.FromResult(Position ?? 0);
        }

        public ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken)
        {
            foreach (ref readonly EntryRow row in changed.Rows)
            {
                _written.Add(row.RawId);
            }

            return ValueTask.FromResult(new EntryMerge(0, changed.RowCount, 0, []));
        }

        public ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken) =>
            ValueTask.FromResult((Entries.Contains(Records) ? 1L : 0L, Entries.LongCount(id => id > position && id != Records)));

        public ValueTask CommitAsync(long? position, CancellationToken cancellationToken)
        {
            bool fails = ++_commits == FailedCommit;
            if (!fails || IsFailedCommitDone)
            {
                Entries.UnionWith(_written);
                _written.Clear();
                Position = position;
                if (position is null)
                {
                    Entries.Remove(Records);
                }
            }

            return fails ? throw new IngestException("The connection broke.", "Run again.") : ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FakeRecords(long position) : IStoredRecords
    {
        public long Id { get; private set; } = position;

        public ReadOnlySpan<byte> Record => default;

        public ReadOnlySpan<byte> Entry => default;

        public bool MoveNext() => Id < Records && ++Id > 0;

        public void Dispose()
        {
        }
    }
}
