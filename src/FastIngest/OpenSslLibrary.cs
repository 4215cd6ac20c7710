using System.Runtime.InteropServices;

namespace FastIngest;

/// <summary>
/// Checks for the OpenSSL library before .NET loads it. .NET loads the library on first use; if it is missing, .NET ends
/// the process immediately, so that a run would stop without cleaning up.
/// </summary>
internal static class OpenSslLibrary
{
    /// <summary>The environment variable that names a further version for .NET to look for.</summary>
    private const string VersionVariable = "CLR_OPENSSL_VERSION_OVERRIDE";

    private static readonly string[] Versions = ["3", "1.1", "4", "1.0.2", "1.0.0", "10"];

    /// <summary>Checks that the library can be loaded.</summary>
    /// <param name="purpose">What needs the library, in the plural, such as <c>Checksums of records</c>; for the message.</param>
    /// <exception cref="IngestException">The library is missing.</exception>
    public static void Require(string purpose)
    {
        string? named = Environment.GetEnvironmentVariable(VersionVariable);
        if (!(named is null ? Versions : [named, .. Versions]).Any(v => NativeLibrary.TryLoad("libssl.so." + v, out _)))
        {
            throw new IngestException(
                $"{purpose} need OpenSSL, and its library (libssl.so.3) was not found.", "Install it (Debian, Ubuntu: libssl3; Fedora: openssl-libs), then rerun the command.");
        }
    }
}
