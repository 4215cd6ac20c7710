using System.IO.Compression;
using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>The members of zip files, each unpacked as it is read, without a copy on disk.</summary>
internal static class ZipArchives
{
    /// <summary>Whether a file of that name is taken for an archive.</summary>
    public static bool IsName(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>The members that are wanted, in the order of their names' bytes, by their full names in the archive.</summary>
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
                throw new IngestException($"{path}/{entry.FullName} is encrypted.", "Unpack the archive with its password first.");
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
            ZipArchiveEntry entry = archive.GetEntry(name) ?? throw new InvalidDataException("the member is gone");
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
            throw new IngestException($"{path} can not be unpacked: {e.Message.TrimEnd('.')}.", "Fetch the file once more, or test it with unzip -t.", e);
        }
    }

    /// <summary>A member's bytes, which must be as many as the archive says.</summary>
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
