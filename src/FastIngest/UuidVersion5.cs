namespace FastIngest;

/// <summary>UUIDs of version 5 (RFC 9562) in the URL namespace. Equal names have equal UUIDs.</summary>
internal static class UuidVersion5
{
    private const int UuidBytes = 16;
    private const int StackBytes = 1024;

    private static readonly Guid UrlNamespace = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    public static Guid Of(ReadOnlySpan<byte> name)
    {
        int length = UuidBytes + name.Length;
        Span<byte> text = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        UrlNamespace.TryWriteBytes(text, bigEndian: true, out _);
        name.CopyTo(text[UuidBytes..]);

        Span<byte> hash = stackalloc byte[Sha1.HashBytes];
        Sha1.Hash(text, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..UuidBytes], bigEndian: true);
    }
}
