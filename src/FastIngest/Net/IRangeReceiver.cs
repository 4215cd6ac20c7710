namespace FastIngest.Net;

/// <summary>Takes the bytes of a range in order.</summary>
internal interface IRangeReceiver
{
    /// <summary>Where the next bytes go; not empty before the range is complete.</summary>
    Memory<byte> Rest { get; }

    /// <summary>Notes that bytes have arrived there.</summary>
    void Advance(int count);
}
