using System.Buffers;

namespace FastIngest.Delivery;

/// <summary>The outcome of a summary in this run.</summary>
internal enum DeliveryState
{
    /// <summary>The summary has no outcome yet.</summary>
    Pending,

    /// <summary>The API has the summary.</summary>
    Delivered,

    /// <summary>The API rejected the summary permanently, because the summary itself is at fault.</summary>
    Rejected,

    /// <summary>
    /// The API rejected the request, perhaps because of the URL or the credentials. The summary itself is at fault only if the
    /// API accepts other summaries.
    /// </summary>
    TargetRejected,

    /// <summary>It is unknown whether the API accepted the summary, because its response is not understood. Nothing more is sent.</summary>
    Mismatched,

    /// <summary>All attempts failed; a later run may succeed.</summary>
    Failed,

    /// <summary>A stage could not process the summary, so that it was not sent; the next run retries it.</summary>
    StageFailed,
}

/// <summary>A stored summary on its way to an API. Its text is a copy in a pooled buffer.</summary>
internal sealed class PendingSummary
{
    /// <summary>
    /// A pool of our own: the shared pool keeps fewer buffers than there are pending summaries, so that the rest would
    /// become garbage.
    /// </summary>
    private static readonly ArrayPool<byte> Texts = ArrayPool<byte>.Create(maxArrayLength: 8 << 10, maxArraysPerBucket: 16 * OutboxPage.MaxRows);

    private readonly byte[] _user;
    private readonly int _textBytes;
    private byte[] _text;

    /// <param name="userId">UTF-8. The summaries of a user share the array, which is never modified.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    /// <param name="text">The summary, UTF-8.</param>
    public PendingSummary(byte[] userId, int day, ReadOnlySpan<byte> text)
    {
        _user = userId;
        _text = Texts.Rent(text.Length);
        _textBytes = text.Length;
        text.CopyTo(_text);
        Day = day;
    }

    public ReadOnlySpan<byte> UserId => _user;

    /// <summary>The summary in UTF-8; valid until <see cref="FreeContent"/>.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textBytes);

    public int Day { get; }

    /// <summary>The vector of the text that is sent with it, from the database or a stage; valid until <see cref="FreeContent"/>. Empty without one.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>A hash of the text and the vector, by which the outbox knows what an API has; zero when no vector is sent.</summary>
    public Guid VectorHash { get; set; }

    /// <summary>The vector that an API computed from the text; kept until it is stored. Empty for other APIs.</summary>
    public ReadOnlyMemory<float> Result { get; set; }

    /// <summary>The MD5 of the text, bytes in big-endian order; set by <see cref="SummaryHash"/>.</summary>
    public Guid Hash { get; set; }

    /// <summary>The memory in bytes that the summary uses besides its text.</summary>
    public int KeptBytes => _user.Length + (2 * (Error?.Length ?? 0)) + (sizeof(float) * Result.Length);

    public DeliveryState State { get; set; }

    /// <summary>Requests of earlier runs that contained the summary, if the outbox needs the count.</summary>
    public int EarlierAttempts { get; set; }

    /// <summary>Requests of this run that contained the summary.</summary>
    public int Attempts { get; set; }

    /// <summary>The last error of the API or the network, in one line without secrets; null without an error.</summary>
    public string? Error { get; set; }

    /// <summary>Records that a stage could not process the summary.</summary>
    /// <param name="reason">One line without secrets.</param>
    public void FailStage(string reason)
    {
        State = DeliveryState.StageFailed;
        Error = reason;
    }

    /// <summary>Releases the text's buffer and the vector; a mark needs only the hash and <see cref="Result"/>.</summary>
    public void FreeContent()
    {
        Vector = default;
        Texts.Return(_text);
        _text = [];
    }
}
