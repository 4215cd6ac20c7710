using System.Buffers;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>
/// Sends summaries in batches. A batch that is too large, not answered in time or refused is sent in halves, down to
/// single objects; an object that alone was not taken out of a batch is sent once more by itself.
/// </summary>
internal sealed class WeaviateSender(ApiClient client, Uri address) : ISummarySender
{
    /// <summary>Objects in a batch, while nothing speaks against it.</summary>
    public const int LargestBatch = 100;

    /// <summary>Objects of a batch that fail one after another, after which the rest is left for another run.</summary>
    private const int SingleFailuresMax = 3;

    /// <summary>How often an object that the server reports on is sent by itself. It may be at fault, or what computes its vector.</summary>
    private const int SingleTries = 3;

    /// <summary>Good batches after which a larger one is tried again.</summary>
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

    /// <summary>Sends summaries in batches of as many as are wise, which may become fewer on the way.</summary>
    private async ValueTask SendPiecesAsync(ReadOnlyMemory<PendingSummary> batch, int max, StopTokens stop)
    {
        for (int start = 0; start < batch.Length;)
        {
            int count = Math.Min(Math.Min(max, _batch), batch.Length - start);
            await SendBatchAsync(batch.Slice(start, count), stop).ConfigureAwait(false);
            start += count;
        }
    }

    /// <summary>Sends a batch, if need be in pieces. Objects that the server reports on stay pending, with their error.</summary>
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
        WeaviateClass.WriteBatch(_body, _class, batch.Span);
        ApiRequest request = new(HttpMethod.Post, address, _body.WrittenMemory, null, _results) { IsDivisible = batch.Length > 1 };
        ApiResponse response = await _call.SendAsync(request, stop).ConfigureAwait(false);
        if (_call.Attempts > 1 || !response.IsOk)
        {
            // A request that broke off may still be reading it.
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
