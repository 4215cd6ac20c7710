using System.Buffers;
using FastIngest.Storage.Http;

namespace FastIngest.Delivery;

/// <summary>What became of a summary in this run.</summary>
internal enum DeliveryState
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>The API has it.</summary>
    Delivered,

    /// <summary>The API will not have it as it is: a fault of the summary.</summary>
    Refused,

    /// <summary>Refused in words that may be about the URL or the credentials: it is the summary's fault only if others get through.</summary>
    TargetRefused,

    /// <summary>Not delivered, after as many attempts as are wise; another run may be luckier.</summary>
    Failed,

    /// <summary>Not sent, because a stage before the API could not process it; another run tries again.</summary>
    StageFailed,
}

/// <summary>A stored summary on its way to an API; its text was copied out of the database into a pooled buffer.</summary>
internal sealed class PendingSummary
{
    /// <summary>The shared pool keeps too few for all that are under way: each of the rest would be garbage.</summary>
    private static readonly ArrayPool<byte> Texts = ArrayPool<byte>.Create(maxArrayLength: 8 << 10, maxArraysPerBucket: 16 * OutboxPage.MaxRows);

    private readonly byte[] _user;
    private readonly int _textBytes;
    private byte[] _text;

    /// <param name="userId">UTF-8; shared by the days of a user, and never written to.</param>
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

    /// <summary>Until <see cref="FreeContent"/>.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textBytes);

    public int Day { get; }

    /// <summary>The vector that a stage computed from the text, until <see cref="FreeContent"/>; empty without one.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>The text's MD5, its bytes big-endian, once <see cref="SummaryHash"/> has filled it in.</summary>
    public Guid Hash { get; set; }

    /// <summary>What it holds besides its text.</summary>
    public int KeptBytes => _user.Length + (2 * (Error?.Length ?? 0));

    public DeliveryState State { get; set; }

    /// <summary>Requests of earlier runs that held the summary, where the outbox needs them.</summary>
    public int EarlierAttempts { get; set; }

    /// <summary>Requests of this run that held the summary.</summary>
    public int Attempts { get; set; }

    /// <summary>What the API or the way to it said last, in one line without secrets; null when all is well.</summary>
    public string? Error { get; set; }

    /// <summary>Takes over what an API said to the request that held this summary.</summary>
    public void Settle(in ApiAnswer answer, int attempts)
    {
        Attempts += attempts;
        Error = answer.Error;
        State = answer.Kind switch
        {
            AnswerKind.Ok => DeliveryState.Delivered,
            AnswerKind.Refused or AnswerKind.TooLarge => DeliveryState.Refused,
            AnswerKind.TargetRefused or AnswerKind.Redirected => DeliveryState.TargetRefused,
            _ => DeliveryState.Failed,
        };
    }

    /// <summary>Notes that a stage could not process the summary.</summary>
    /// <param name="reason">One line without secrets.</param>
    public void FailStage(string reason)
    {
        State = DeliveryState.StageFailed;
        Error = reason;
    }

    /// <summary>Gives the text's buffer back and lets the vector go: a mark needs no more than the hash.</summary>
    public void FreeContent()
    {
        Vector = default;
        Texts.Return(_text);
        _text = [];
    }
}
