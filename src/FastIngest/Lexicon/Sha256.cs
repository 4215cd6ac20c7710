using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FastIngest.Lexicon;

/// <summary>
/// SHA-256 by OpenSSL. .NET's own method looks up the algorithm and creates a context for every text, which takes as long
/// as hashing about 500 bytes. Here the algorithm is looked up once, and each thread keeps its context. Without OpenSSL 3
/// the .NET method is used.
/// </summary>
// SAFETY: (whole file) OpenSSL reads the given number of bytes and writes HashSizeInBytes; each thread has its own context.
internal static unsafe partial class Sha256
{
    private const string Library = "libcrypto.so.3";

    private static readonly nint Algorithm = Find();

    [ThreadStatic]
    private static Context? _context;

    public const int Bytes = SHA256.HashSizeInBytes;

    /// <summary>Hashes a text.</summary>
    /// <param name="text">The bytes to hash.</param>
    /// <param name="hash">Receives <see cref="Bytes"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        if (Algorithm == 0)
        {
            SHA256.HashData(text, hash);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Bytes);
        nint context = (_context ??= new Context()).Pointer;
        fixed (byte* from = text, to = hash)
        {
            if (Begin(context, Algorithm, 0) != 1 || Add(context, from, (nuint)text.Length) != 1 || End(context, to, 0) != 1)
            {
                throw new CryptographicException("OpenSSL could not compute a SHA-256 checksum.");
            }
        }
    }

    private static nint Find()
    {
        try
        {
            return Fetch(0, "SHA256", 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_MD_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Fetch(nint libraryContext, string algorithm, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestInit_ex2")]
    private static partial int Begin(nint context, nint algorithm, nint parameters);

    [LibraryImport(Library, EntryPoint = "EVP_DigestUpdate")]
    private static partial int Add(nint context, byte* text, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestFinal_ex")]
    private static partial int End(nint context, byte* hash, nint length);

    private sealed class Context
    {
        public nint Pointer { get; } = NewContext();

        ~Context() => FreeContext(Pointer);
    }
}
