using System.IO.Compression;
using FastIngest.Sources.Compression;
using FastIngest.Sources.Text;

namespace FastIngest.Sources;

/// <summary>A file in an archive.</summary>
/// <param name="Name">The full name in the archive.</param>
/// <param name="IsEncrypted">Whether a password is needed.</param>
/// <param name="Open">Opens its content, decompressed and in UTF-8.</param>
internal sealed record ArchiveMember(string Name, bool IsEncrypted, Func<SourceFile> Open);

/// <summary>Opens the members of zip files. Members are decompressed while they are read, without a copy on disk.</summary>
internal static class ZipArchives
{
    /// <summary>Whether a file is treated as an archive, by its name.</summary>
    public static bool IsName(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the members that are files, in the byte order of their full names in the archive.</summary>
    /// <exception cref="IngestException">The archive is damaged, or it is no zip archive.</exception>
    public static IReadOnlyList<ArchiveMember> Members(string path, ExpansionLimit limit)
    {
        using SourceFile file = SourceFile.Open(path, IoMode.Pread);
        Span<byte> head = stackalloc byte[(int)Math.Min(file.Length, ForeignContent.HeadBytes)];
        file.Read(head, 0);
        if (!head.StartsWith("PK"u8) && ForeignContent.Describe(head) is { } foreign)
        {
            throw new IngestException($"{path} is {foreign}, not a zip archive.", "Download or copy the file once more.");
        }

        using ZipArchive archive = OpenArchive(path, new SourceStream(file));
        return
        [
            .. archive.Entries
                .Where(e => !e.FullName.EndsWith('/'))
                .OrderBy(e => e.FullName, Utf8Order.Instance)
                .Select(e => new ArchiveMember(e.FullName, e.IsEncrypted, () => Open(path, e.FullName, e.CompressedLength, e.Length, limit))),
        ];
    }

    private static UnpackedFile Open(string path, string name, long packedLength, long length, ExpansionLimit limit)
    {
        ZipArchive? archive = null;
        SourceFile? file = null;
        SourceStream? stream = null;
        long started = 0;
        return new UnpackedFile($"{path}/{name}", packedLength, Unpack, BytesRead, Close, "unzip -t", limit);

        Stream Unpack()
        {
            Close();
            file = SourceFile.Open(path, IoMode.Pread);
            stream = new SourceStream(file);
            archive = OpenArchive(path, stream);
            ZipArchiveEntry entry = archive.GetEntry(name) ?? throw new InvalidDataException("the member no longer exists");
            Stream member = new SizedStream(entry.Open(), length);
            started = stream.Position;
            PrefixedStream content = PrefixedStream.Peek(member, Compression.Compression.MagicBytes);
            return WideText.ToUtf8(Compression.Compression.Of(content.Prefix)?.Open(content) ?? content);
        }

        long BytesRead() => stream is null ? 0 : Math.Clamp(stream.Position - started, 0, packedLength);

        void Close()
        {
            archive?.Dispose();
            file?.Dispose();
            (archive, file, stream) = (null, null, null);
        }
    }

    private static ZipArchive OpenArchive(string path, Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException e)
        {
            throw new IngestException($"{path} cannot be decompressed: {e.Message.TrimEnd('.')}.", "Download or copy the file once more, or test it with unzip -t.", e);
        }
    }

    /// <summary>The bytes of a member. Their number must match the size stated in the archive.</summary>
    private sealed class SizedStream(Stream inner, long length) : ReadOnlyStream
    {
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int count = inner.Read(buffer);
            _read += count;
            return (count == 0 && !buffer.IsEmpty && _read != length) || _read > length
                ? throw new InvalidDataException($"the member should have {length} bytes and has {_read}")
                : count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
