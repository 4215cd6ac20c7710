using System.Buffers;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>
/// Sends summaries in batches. If a batch is too large, times out or is rejected, it is split into halves, down to single
/// objects. If the server reports an error for one object of a batch, that object is sent again in a request of its own.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="address">The URL of batches.</param>
/// <param name="vectorName">The name of the vector in a class with named vectors; null in a class without.</param>
internal sealed class WeaviateSender(ApiClient client, Uri address, string? vectorName) : ISummarySender
{
    /// <summary>The maximum number of objects in a batch.</summary>
    public const int LargestBatch = 100;

    /// <summary>After this many consecutive failed objects of a batch, the rest of the batch is left for a later run.</summary>
    private const int SingleFailuresMax = 3;

    /// <summary>How often an object with an error is sent by itself. The error may come from the object or, temporarily, from the vectorizer.</summary>
    private const int SingleTries = 3;

    /// <summary>After this many consecutive successful batches, the batch size is doubled.</summary>
    private const int GrowAfter = 32;

    private readonly ApiCall _call = new(client);
    private readonly BatchResultParser _results = new();
    private readonly byte[] _class = Encoding.UTF8.GetBytes(client.Address.ClassName);
    private ArrayBufferWriter<byte> _body = new(64 << 10);
    private int _batch = LargestBatch;
    private int _goodInARow;

    public async ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
    {
        await SendPiecesAsync(batch, LargestBatch, stop).ConfigureAwait(false);
        int failedInARow = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            PendingSummary summary = batch.Span[i];
            if (summary.State == DeliveryState.Pending && failedInARow < SingleFailuresMax)
            {
                await SendAloneAsync(batch.Slice(i, 1), stop).ConfigureAwait(false);
                failedInARow = summary.State == DeliveryState.Pending ? failedInARow + 1 : 0;
            }

            if (summary.State == DeliveryState.Pending)
            {
                summary.State = DeliveryState.Failed;
            }
        }
    }

    public void Dispose() => _call.Dispose();

    /// <summary>Splits summaries into batches of the current batch size, which may shrink meanwhile, and sends them.</summary>
    private async ValueTask SendPiecesAsync(ReadOnlyMemory<PendingSummary> batch, int max, StopTokens stop)
    {
        for (int start = 0; start < batch.Length;)
        {
            int count = Math.Min(Math.Min(max, _batch), batch.Length - start);
            await SendBatchAsync(batch.Slice(start, count), stop).ConfigureAwait(false);
            start += count;
        }
    }

    /// <summary>Sends a batch, in smaller pieces if needed. Objects for which the server reports an error stay pending and get the error.</summary>
    private async ValueTask SendBatchAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
    {
        ApiResponse response = await PostAsync(batch, stop).ConfigureAwait(false);
        if (response.IsOk)
        {
            ReadResults(batch.Span);
            return;
        }

        if (batch.Length > 1 && response.Kind is ResponseKind.TooLarge or ResponseKind.Rejected)
        {
            int half = batch.Length / 2;
            if (response.Kind == ResponseKind.TooLarge)
            {
                _batch = Math.Max(1, Math.Min(_batch, half));
                _goodInARow = 0;
            }

            foreach (PendingSummary summary in batch.Span)
            {
                summary.Attempts += _call.Attempts;
            }

            await SendPiecesAsync(batch, half, stop).ConfigureAwait(false);
            return;
        }

        foreach (PendingSummary summary in batch.Span)
        {
            response.ApplyTo(summary, _call.Attempts);
        }
    }

    private async ValueTask SendAloneAsync(ReadOnlyMemory<PendingSummary> one, StopTokens stop)
    {
        PendingSummary summary = one.Span[0];
        for (int i = 0; i < SingleTries && summary.State == DeliveryState.Pending; i++)
        {
            await Task.Delay(client.Tuning.FirstPause * (1 << i) * (0.5 + Random.Shared.NextDouble()), client.Tuning.Time, stop.Soft).ConfigureAwait(false);
            await SendBatchAsync(one, stop).ConfigureAwait(false);
        }
    }

    private async ValueTask<ApiResponse> PostAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
    {
        _body.ResetWrittenCount();
        WeaviateClass.WriteBatch(_body, _class, vectorName, batch.Span);
        ApiRequest request = new(HttpMethod.Post, address, _body.WrittenMemory, null, _results) { IsDivisible = batch.Length > 1 };
        ApiResponse response = await _call.SendAsync(request, stop).ConfigureAwait(false);
        if (_call.Attempts > 1 || !response.IsOk)
        {
            // An aborted request may still read the old buffer.
            _body = new ArrayBufferWriter<byte>(64 << 10);
        }

        return response;
    }

    private void ReadResults(ReadOnlySpan<PendingSummary> batch)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            PendingSummary summary = batch[i];
            summary.Attempts += _call.Attempts;
            summary.Error = _results.ErrorOf(SummaryId.Of(summary.UserId, summary.Day), i) is { } error ? client.Address.Clean(error) : null;
            summary.State = summary.Error is null ? DeliveryState.Delivered : DeliveryState.Pending;
        }

        if (_batch < LargestBatch && ++_goodInARow == GrowAfter)
        {
            _batch = Math.Min(LargestBatch, _batch * 2);
            _goodInARow = 0;
        }
    }
}
