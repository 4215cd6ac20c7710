using FastIngest.Dialects.Contract;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.HealthData;

/// <summary>Recognises data in a file whose name does not say that it holds any, such as <c>export.zip.1</c> or <c>apple.bin</c>.</summary>
internal static class MisnamedFile
{
    /// <summary>The first bytes, which say whether more are needed.</summary>
    private const int FirstBytes = 512;

    /// <summary>The first members of archives that are documents or programs.</summary>
    private static readonly byte[][] OtherMembers =
        ["[Content_Types]"u8.ToArray(), "_rels/"u8.ToArray(), "mimetype"u8.ToArray(), "META-INF/"u8.ToArray(), "AndroidManifest.xml"u8.ToArray(), "classes.dex"u8.ToArray()];

    /// <summary>The offset of the name of the first member in an archive.</summary>
    private const int FirstNameOffset = 30;

    /// <summary>Returns why a local file is not read, with what it holds and what to do; null for a file that holds no data, and for one that cannot be opened.</summary>
    /// <param name="path">The path of the file; there is no such file for a member of an archive.</param>
    /// <param name="exports">The supported exports.</param>
    public static UnreadFile? Explain(string path, IReadOnlyList<ExportDialect> exports)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] head = Read(file, FirstBytes);
            if (head.AsSpan().StartsWith("PK\u0003\u0004"u8))
            {
                return IsOther(head) ? null : new UnreadFile(path, "it is a zip archive: rename it, so that its name ends with .zip", IsExpected: true);
            }

            file.Position = 0;
            if (Compression.Of(head) is not { } compression)
            {
                return BeginsWith(head, '<', '{', '[') && ContentOf(Read(file, Dialect.HeadBytes), path, exports) is { } plain
                    ? new UnreadFile(path, $"it is {plain.Name}: name the file itself, or rename it, so that its name ends with {plain.Ending}", IsExpected: true) : null;
            }

            using Stream content = compression.Open(file);
            if (ContentOf(Read(content, Dialect.HeadBytes), path, exports) is { } packed)
            {
                return new UnreadFile(
                    path, $"it is a {compression.Name} file with {packed.Name}: name the file itself, or rename it, so that its name ends with {packed.Ending}{compression.Ending}", IsExpected: true);
            }

            return Compression.OfName(path) is not null ? null
                : new UnreadFile(path, $"it is a {compression.Name} file: name the file itself, or rename it, so that its name says what it holds and ends with {compression.Ending}", IsExpected: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Returns what the content is, and the ending that such files have; null for no export.</summary>
    private static (string Name, string Ending)? ContentOf(byte[] head, string path, IReadOnlyList<ExportDialect> exports)
    {
        ExportDialect? dialect = exports.FirstOrDefault(d => d.Recognises(head, path));
        return dialect is null ? null : ($"{(BeginsWith(head, '<') ? "XML" : "data")} of {dialect.Program}", dialect.Endings is [var ending, ..] ? ending : ".json");
    }

    /// <summary>Whether a text begins with one of these characters.</summary>
    private static bool BeginsWith(ReadOnlySpan<byte> head, params ReadOnlySpan<char> first)
    {
        ReadOnlySpan<byte> text = head.TrimStart("\uFEFF \t\r\n"u8);
        return !text.IsEmpty && first.Contains((char)text[0]);
    }

    private static bool IsOther(ReadOnlySpan<byte> archive)
    {
        ReadOnlySpan<byte> name = archive.Length > FirstNameOffset ? archive[FirstNameOffset..] : default;
        foreach (byte[] other in OtherMembers)
        {
            if (name.StartsWith(other))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Read(Stream stream, int most)
    {
        byte[] bytes = new byte[most];
        return bytes[..stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false)];
    }
}
