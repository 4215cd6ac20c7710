using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>
/// OpenSSL's library, which .NET loads when it is first needed. Where there is none .NET ends the process at once, in the
/// middle of whatever it does; so it is asked for beforehand.
/// </summary>
internal static class OpenSslLibrary
{
    /// <summary>Those that .NET looks for, but for the one that this environment variable names.</summary>
    private const string VersionVariable = "CLR_OPENSSL_VERSION_OVERRIDE";

    private static readonly string[] Versions = ["3", "1.1", "4", "1.0.2", "1.0.0", "10"];

    /// <summary>Makes sure that it is there.</summary>
    /// <param name="purpose">What needs it, such as <c>Checksums of records</c>.</param>
    /// <exception cref="IngestException">It is not.</exception>
    public static void Require(string purpose)
    {
        string? named = Environment.GetEnvironmentVariable(VersionVariable);
        if (!(named is null ? Versions : [named, .. Versions]).Any(v => NativeLibrary.TryLoad("libssl.so." + v, out _)))
        {
            throw new IngestException(
                $"{purpose} need OpenSSL, and its library (libssl.so.3) was not found.", "Install it (Debian, Ubuntu: libssl3; Fedora: openssl-libs), then run again.");
        }
    }
}
