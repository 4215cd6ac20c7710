using System.Buffers;
using System.Runtime.CompilerServices;
using FastIngest.Delivery;
using FastIngest.Json;
using FastIngest.Net;

namespace FastIngest.Storage.Http;

/// <summary>The client of an API that accepts one summary per <c>POST</c>.</summary>
internal sealed class IngestApi(ApiAddress address, DeliveryOptions options, HttpTuning tuning) : ISummaryApi
{
    private readonly ApiClient _client = new(address, options, tuning);

    public string DisplayName => address.DisplayName;

    public int BatchSize => 1;

    public async ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        patience > TimeSpan.Zero

            // The API may reject a GET, but any response below 500 shows that it is running.
            ? await _client.WaitUntilReadyAsync(address.Uri, status => (int)status < 500, patience, cancellationToken).ConfigureAwait(false)
            : null;

    public ISummarySender CreateSender() => new Sender(_client, options.Success);

    public void Dispose() => _client.Dispose();

    /// <summary>Writes <c>{"text": …, "meta": {"user_id": …, "date": "YYYY-MM-DD", "type": "daily_summary"}}</c>.</summary>
    internal static void WriteBody(IBufferWriter<byte> output, PendingSummary summary)
    {
        output.Write("{\"text\": "u8);
        JsonText.Write(output, summary.Text);
        output.Write(", \"meta\": {\"user_id\": "u8);
        JsonText.Write(output, summary.UserId);
        output.Write(", \"date\": \""u8);
        DayText.Write(output.GetSpan(DayText.Bytes), summary.Day);
        output.Advance(DayText.Bytes);
        output.Write("\", \"type\": \"daily_summary\"}}"u8);
    }

    private sealed class Sender(ApiClient client, IReadOnlyList<SuccessRule> rules) : ISummarySender
    {
        private readonly ApiCall _call = new(client);
        private readonly IResponseParser _parser = rules.Count > 0 ? new SuccessRuleParser(rules) : new OutcomeParser();
        private ArrayBufferWriter<byte> _body = new(4 << 10);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop)
        {
            PendingSummary summary = batch.Span[0];
            _body.ResetWrittenCount();
            WriteBody(_body, summary);
            ApiRequest request = new(HttpMethod.Post, client.Address.Uri, _body.WrittenMemory, SummaryId.Of(summary.UserId, summary.Day), _parser);
            ApiResponse response = await _call.SendAsync(request, stop).ConfigureAwait(false);
            response.ApplyTo(summary, _call.Attempts);
            if (_call.Attempts > 1 || !response.IsOk)
            {
                // An aborted request may still read the old buffer.
                _body = new ArrayBufferWriter<byte>(4 << 10);
            }
        }

        public void Dispose() => _call.Dispose();
    }
}
