using System.Collections.Concurrent;
using System.Text;
using FastIngest.Delivery;

namespace FastIngest.Tests.Delivery;

/// <summary>A stage that calls a function of the test.</summary>
internal sealed class TestStage(Func<ReadOnlyMemory<PendingSummary>, CancellationToken, Task> process, int batchSize = 8, int concurrency = 2) : ISummaryStage
{
    private int _underWay;

    public string Name => "toy";

    public int BatchSize => batchSize;

    public int Concurrency => concurrency;

    /// <summary>The sizes of the batches received.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>The maximum number of batches that were processed concurrently.</summary>
    public int Peak { get; private set; }

    /// <summary>Appends a number to every vector.</summary>
    public static TestStage Marking(Func<PendingSummary, float> marker, int batchSize = 8) => new(
        (batch, _) =>
        {
            foreach (PendingSummary summary in batch.Span)
            {
                summary.Vector = (float[])[.. summary.Vector.Span, marker(summary)];
            }

            return Task.CompletedTask;
        },
        batchSize);

    public async ValueTask ProcessAsync(ReadOnlyMemory<PendingSummary> batch, CancellationToken cancellationToken)
    {
        Batches.Enqueue(batch.Length);
        Peak = Math.Max(Peak, Interlocked.Increment(ref _underWay));
        try
        {
            await process(batch, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}

/// <summary>An API that stores the received summaries and vectors.</summary>
internal sealed class TestApi(int batchSize = 5, Func<ReadOnlyMemory<PendingSummary>, Task>? send = null, string? problem = null) : ISummaryApi, ISummarySender
{
    public string DisplayName => "http://localhost:1/ingest";

    public int BatchSize => batchSize;

    /// <summary>The vectors by day, such as <c>2024-01-01</c>, one for each time that the summary was sent.</summary>
    public ConcurrentQueue<(string Day, string Text, float[] Vector)> Sent { get; } = new();

    public ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken) => ValueTask.FromResult(problem);

    public ISummarySender CreateSender() => this;

    public async ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
    {
        Assert.InRange(batch.Length, 1, batchSize);
        if (send is not null)
        {
            await send(batch);
        }

        foreach (PendingSummary summary in batch.Span)
        {
            Assert.Equal(DeliveryState.Pending, summary.State);
            Sent.Enqueue((Day(summary), Encoding.UTF8.GetString(summary.Text), summary.Vector.ToArray()));
            summary.Attempts++;
            summary.State = DeliveryState.Delivered;
        }
    }

    public static string Day(PendingSummary summary) => DateOnly.FromDayNumber(summary.Day).ToString("O");

    public void Dispose()
    {
    }
}

/// <summary>An outbox that counts the summaries read.</summary>
/// <param name="outbox">The outbox that is read.</param>
/// <param name="reading">Called before each page is read, with its number from 1; null for none.</param>
internal sealed class CountingOutbox(IOutbox outbox, Func<int, Task>? reading = null) : IOutbox
{
    private readonly TaskCompletionSource[] _pages = [.. Enumerable.Range(0, 64).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pageCount, _read;

    /// <summary>The number of summaries read so far.</summary>
    public int Read => Volatile.Read(ref _read);

    public string DisplayName => outbox.DisplayName;

    public long Total => outbox.Total;

    public long Unchanged => outbox.Unchanged;

    public long StillRejected => outbox.StillRejected;

    /// <summary>Completes when that many pages were read.</summary>
    public Task Pages(int count) => _pages[count - 1].Task;

    /// <summary>Completes when no page is left.</summary>
    public Task End => _end.Task;

    public ValueTask OpenAsync(string target, bool retryRejected, CancellationToken cancellationToken) => outbox.OpenAsync(target, retryRejected, cancellationToken);

    public async ValueTask<bool> ReadAsync(List<PendingSummary> page, CancellationToken cancellationToken)
    {
        await (reading?.Invoke(_pageCount + 1) ?? Task.CompletedTask);
        bool isPage = await outbox.ReadAsync(page, cancellationToken);
        Interlocked.Add(ref _read, page.Count);
        _pages[_pageCount++].SetResult();
        if (!isPage)
        {
            _end.SetResult();
        }

        return isPage;
    }

    public ValueTask MarkAsync(IReadOnlyList<PendingSummary> done, CancellationToken cancellationToken) => outbox.MarkAsync(done, cancellationToken);

    public ValueTask ReadRejectedAsync(RejectionGroups groups, CancellationToken cancellationToken) => outbox.ReadRejectedAsync(groups, cancellationToken);

    public ValueTask DisposeAsync() => outbox.DisposeAsync();
}
