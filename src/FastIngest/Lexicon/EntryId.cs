using System.Text;

namespace FastIngest.Lexicon;

/// <summary>Creates the id of an entry: a UUID version 5 (RFC 9562) that depends only on the source and the checksum of the record.</summary>
public static class EntryId
{
    private const int StackBytes = 512;

    private static ReadOnlySpan<byte> NamePrefix => "fastingest:entry:"u8;

    /// <summary>Returns the UUID of <c>fastingest:entry:{sourceId}:{checksum in lower-case hexadecimal}</c>.</summary>
    /// <param name="sourceId">The source's id.</param>
    /// <param name="checksum">The SHA-256 of the record, 32 bytes.</param>
    public static Guid Create(string sourceId, ReadOnlySpan<byte> checksum)
    {
        ArgumentNullException.ThrowIfNull(sourceId);
        int length = NamePrefix.Length + Encoding.UTF8.GetMaxByteCount(sourceId.Length) + 1 + (2 * checksum.Length);
        Span<byte> name = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        NamePrefix.CopyTo(name);
        int at = NamePrefix.Length;
        at += Encoding.UTF8.GetBytes(sourceId, name[at..]);
        name[at++] = (byte)':';
        foreach (byte b in checksum)
        {
            name[at++] = HexDigit(b >> 4);
            name[at++] = HexDigit(b & 15);
        }

        return UuidVersion5.Of(name[..at]);
    }

    private static byte HexDigit(int value) => "0123456789abcdef"u8[value];
}
