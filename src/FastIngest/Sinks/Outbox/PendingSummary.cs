using System.Buffers;
using FastIngest.Sinks.Http;

namespace FastIngest.Sinks.Outbox;

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
}

/// <summary>A stored summary on its way to an API, copied out of the database into a pooled buffer.</summary>
internal sealed class PendingSummary
{
    private readonly byte[] _bytes;
    private readonly int _userBytes, _textBytes;

    /// <param name="userId">UTF-8.</param>
    /// <param name="day">Days since 0001-01-01.</param>
    /// <param name="text">The summary, UTF-8.</param>
    /// <param name="hash">Its <see cref="SummaryHash"/>.</param>
    public PendingSummary(ReadOnlySpan<byte> userId, int day, ReadOnlySpan<byte> text, Guid hash)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(userId.Length + text.Length);
        userId.CopyTo(_bytes);
        text.CopyTo(_bytes.AsSpan(userId.Length));
        _userBytes = userId.Length;
        _textBytes = text.Length;
        Day = day;
        Hash = hash;
    }

    public ReadOnlySpan<byte> UserId => _bytes.AsSpan(0, _userBytes);

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(_userBytes, _textBytes);

    public int Day { get; }

    public Guid Hash { get; }

    public DeliveryState State { get; set; }

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

    /// <summary>Gives the buffer back; nothing of the summary may be read afterwards.</summary>
    public void Free() => ArrayPool<byte>.Shared.Return(_bytes);
}
