using System.Security.Cryptography;
using System.Text;

namespace FastIngest.Health;

/// <summary>
/// Replaces user ids and names by pseudonyms: the first 128 bits of their HMAC-SHA256 (RFC 2104) as 32 hexadecimal digits in
/// lower case. The message is <c>user:</c> and the id, or <c>name:</c> and the name, in UTF-8. The same key and id always give
/// the same pseudonym; without the key nobody can compute it.
/// </summary>
public sealed class PseudonymKey
{
    /// <summary>The minimum length of a key. RFC 2104 advises against fewer bytes than the hash has, and 128 bits are the strength of a pseudonym.</summary>
    public const int MinBytes = 16;

    /// <summary>The length of a pseudonym in bytes.</summary>
    public const int PseudonymBytes = 32;

    private readonly byte[] _key;

    /// <param name="key">The key, at least <see cref="MinBytes"/> long.</param>
    /// <exception cref="IngestException">The key is too short, or OpenSSL is not installed.</exception>
    public PseudonymKey(byte[] key)
    {
        OpenSslLibrary.Require("Pseudonyms");
        _key = key.Length >= MinBytes
            ? key
            : throw new IngestException($"The key of the pseudonyms has {key.Length} bytes, fewer than {MinBytes}.", "Make a key of random characters, such as with: openssl rand -hex 32.");
    }

    /// <summary>Returns the pseudonym of a user id.</summary>
    public string OfUser(string userId) => Encoding.ASCII.GetString(OfUser(Encoding.UTF8.GetBytes(userId)));

    /// <summary>Returns the pseudonym of a user id, both in UTF-8.</summary>
    public byte[] OfUser(ReadOnlySpan<byte> userId) => Of("user:"u8, userId);

    /// <summary>Returns the pseudonym of a name, both in UTF-8.</summary>
    public byte[] OfName(ReadOnlySpan<byte> name) => Of("name:"u8, name);

    private byte[] Of(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        byte[] message = [.. prefix, .. text];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, message, hash);
        byte[] pseudonym = new byte[PseudonymBytes];
        Convert.TryToHexStringLower(hash[..(PseudonymBytes / 2)], pseudonym, out _);
        return pseudonym;
    }
}
