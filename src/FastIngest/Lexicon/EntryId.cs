using System.Text;

namespace FastIngest.Lexicon;

/// <summary>An entry's id: a UUID of version 5 (RFC 9562), made of its source and its record's checksum alone.</summary>
public static class EntryId
{
    private const int UuidBytes = 16;
    private const int StackBytes = 512;

    /// <summary>6ba7b811-9dad-11d1-80b4-00c04fd430c8, the namespace for URLs.</summary>
    private static ReadOnlySpan<byte> UrlNamespace => [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

    private static ReadOnlySpan<byte> NamePrefix => "fastingest:entry:"u8;

    /// <summary>The UUID of <c>fastingest:entry:{sourceId}:{checksum in lower-case hexadecimal}</c>.</summary>
    /// <param name="sourceId">The source's id.</param>
    /// <param name="checksum">The SHA-256 of the record, 32 bytes.</param>
    public static Guid Create(string sourceId, ReadOnlySpan<byte> checksum)
    {
        ArgumentNullException.ThrowIfNull(sourceId);
        int length = UuidBytes + NamePrefix.Length + Encoding.UTF8.GetMaxByteCount(sourceId.Length) + 1 + (2 * checksum.Length);
        Span<byte> name = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        UrlNamespace.CopyTo(name);
        NamePrefix.CopyTo(name[UuidBytes..]);
        int at = UuidBytes + NamePrefix.Length;
        at += Encoding.UTF8.GetBytes(sourceId, name[at..]);
        name[at++] = (byte)':';
        foreach (byte b in checksum)
        {
            name[at++] = HexDigit(b >> 4);
            name[at++] = HexDigit(b & 15);
        }

        Span<byte> hash = stackalloc byte[Sha1.HashBytes];
        Sha1.Hash(name[..at], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..UuidBytes], bigEndian: true);
    }

    private static byte HexDigit(int value) => "0123456789abcdef"u8[value];
}
