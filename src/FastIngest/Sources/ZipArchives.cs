using System.IO.Compression;
using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>Opens the members of zip files. Members are decompressed while they are read, without a copy on disk.</summary>
internal static class ZipArchives
{
    /// <summary>Whether a file is treated as an archive, by its name.</summary>
    public static bool IsName(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens the wanted members in the byte order of their full names in the archive.</summary>
    /// <exception cref="IngestException">The archive is damaged, or a wanted member is encrypted.</exception>
    public static IReadOnlyList<(string Name, SourceFile File)> Members(string path, ExpansionLimit limit, Func<string, bool> isWanted)
    {
        List<(string Name, SourceFile File)> members = [];
        using SourceFile file = SourceFile.Open(path, IoMode.Pread);
        using ZipArchive archive = OpenArchive(path, new SourceStream(file));
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            if (entry.FullName.EndsWith('/') || !isWanted(entry.FullName))
            {
                continue;
            }

            if (entry.IsEncrypted)
            {
                throw new IngestException($"{path}/{entry.FullName} is encrypted.", "Extract the archive with its password first.");
            }

            members.Add((entry.FullName, Open(path, entry.FullName, entry.CompressedLength, entry.Length, limit)));
        }

        return members;
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
            return member;
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
