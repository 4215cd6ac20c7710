using System.Buffers;
using System.Net;
using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Embeddings;

/// <summary>
/// Sends texts in batches, limited by their count and their estimated tokens. If a batch is too large, times out, is rejected
/// or comes back with a wrong response, it is split into halves, down to single texts, so that a text that the server cannot
/// embed is found and does not stop the others.
/// </summary>
internal sealed class EmbeddingSender(ApiClient client, EmbeddingOptions options, EmbeddingModel? model, bool isBase64) : ISummarySender
{
    private const int BodyBytes = 64 << 10;

    /// <summary>After this many consecutive texts that failed by themselves, the rest of the batch is left for a later run.</summary>
    private const int SingleFailuresMax = 3;

    /// <summary>How often a text with a wrong response is sent by itself.</summary>
    private const int SingleTries = 3;

    /// <summary>After this many consecutive successful batches, the batch size is doubled.</summary>
    private const int GrowAfter = 32;

    private readonly ApiCall _call = new(client);
    private ArrayBufferWriter<byte> _body = new(BodyBytes);
    private int _texts = options.BatchTexts, _goodInARow, _failedInARow;

    /// <summary>The last response.</summary>
    public EmbeddingResponseParser Response { get; } = new() { Expected = model };

    public ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
    {
        _failedInARow = 0;
        return SendPiecesAsync(batch, options.BatchTexts, stop);
    }

    /// <summary>Sends texts in one request.</summary>
    public async ValueTask<ApiResponse> PostAsync(ReadOnlyMemory<PendingSummary> texts, StopTokens stop)
    {
        _body.ResetWrittenCount();
        EmbeddingRequest.Write(_body, texts.Span, options.Model, options.Dimensions, isBase64);
        Response.Expect(texts.Length);
        ApiRequest request = new(HttpMethod.Post, client.Address.Uri, _body.WrittenMemory, null, Response) { IsDivisible = texts.Length > 1, DividesServerErrors = true };
        ApiResponse response = await _call.SendAsync(request, stop).ConfigureAwait(false);
        if (_call.Attempts > 1 || !response.IsOk)
        {
            // An aborted request may still read the old buffer.
            _body = new ArrayBufferWriter<byte>(BodyBytes);
        }

        return response;
    }

    public void Dispose() => _call.Dispose();

    private async ValueTask SendPiecesAsync(ReadOnlyMemory<PendingSummary> batch, int max, StopTokens stop)
    {
        for (int start = 0; start < batch.Length && _failedInARow < SingleFailuresMax;)
        {
            int count = CountOf(batch.Span[start..], Math.Min(max, _texts));
            await SendPieceAsync(batch.Slice(start, count), stop).ConfigureAwait(false);
            start += count;
        }
    }

    /// <summary>The number of texts that fit into one request; at least one.</summary>
    private int CountOf(ReadOnlySpan<PendingSummary> texts, int max)
    {
        int count = 0;
        long tokens = 0;
        while (count < Math.Min(max, texts.Length))
        {
            tokens += EmbeddingRequest.EstimateTokens(texts[count].Text);
            if (count > 0 && tokens > options.BatchTokens)
            {
                break;
            }

            count++;
        }

        return count;
    }

    private async ValueTask SendPieceAsync(ReadOnlyMemory<PendingSummary> piece, StopTokens stop)
    {
        ApiResponse response = await PostAsync(piece, stop).ConfigureAwait(false);
        int attempts = _call.Attempts;
        for (int i = 1; piece.Length == 1 && IsWrong(response) && i < SingleTries; i++)
        {
            await Task.Delay(client.Tuning.FirstPause * i, client.Tuning.Time, stop.Soft).ConfigureAwait(false);
            response = await PostAsync(piece, stop).ConfigureAwait(false);
            attempts += _call.Attempts;
        }

        if (piece.Length > 1 && (response.Kind is ResponseKind.TooLarge or ResponseKind.Rejected || IsWrong(response)))
        {
            await SplitAsync(piece, response, attempts, stop).ConfigureAwait(false);
            return;
        }

        Settle(piece.Span, response, attempts);
    }

    private async ValueTask SplitAsync(ReadOnlyMemory<PendingSummary> piece, ApiResponse response, int attempts, StopTokens stop)
    {
        int half = piece.Length / 2;
        if (response.Kind == ResponseKind.TooLarge && response.Status != HttpStatusCode.InternalServerError)
        {
            _texts = Math.Max(1, Math.Min(_texts, half));
            _goodInARow = 0;
        }

        foreach (PendingSummary summary in piece.Span)
        {
            summary.Attempts += attempts;
        }

        await SendPiecesAsync(piece, half, stop).ConfigureAwait(false);
    }

    private void Settle(ReadOnlySpan<PendingSummary> piece, ApiResponse response, int attempts)
    {
        for (int i = 0; i < piece.Length; i++)
        {
            response.ApplyTo(piece[i], attempts);
            piece[i].Result = response.IsOk ? Response.Vectors[i] : default;
            if (piece[i].State == DeliveryState.TargetRejected && !IsWrong(response))
            {
                // A wrong URL, a token that expired or a model that is gone is never the fault of a text.
                piece[i].State = DeliveryState.Failed;
            }
        }

        bool isOfText = response.Kind is ResponseKind.Ok or ResponseKind.Rejected or ResponseKind.TooLarge;
        _failedInARow = isOfText ? 0 : _failedInARow + 1;
        if (response.IsOk && _texts < options.BatchTexts && ++_goodInARow >= GrowAfter)
        {
            _texts = Math.Min(options.BatchTexts, _texts * 2);
            _goodInARow = 0;
        }
    }

    /// <summary>Whether the status code means success, but the body has no vectors that can be used.</summary>
    private static bool IsWrong(ApiResponse response) => response is { Kind: ResponseKind.TargetRejected, Status: 0 };
}
