using System.IO.Compression;
using System.IO.Hashing;
using FastIngest.Sources.Compression;
using FastIngest.Sources.Text;

namespace FastIngest.Sources;

/// <summary>A file in an archive.</summary>
/// <param name="Name">The full name in the archive.</param>
/// <param name="Path">The name, with a number behind it where an earlier member has the same name.</param>
/// <param name="IsEncrypted">Whether a password is needed.</param>
/// <param name="Open">Opens its content, decompressed and in UTF-8.</param>
internal sealed record ArchiveMember(string Name, string Path, bool IsEncrypted, Func<SourceFile> Open);

/// <summary>Opens the members of zip files. Members are decompressed while they are read, without a copy on disk.</summary>
internal static class ZipArchives
{
    /// <summary>Whether a file is treated as an archive, by its name.</summary>
    public static bool IsName(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the members that are files, in the byte order of their full names in the archive.</summary>
    /// <exception cref="IngestException">The archive is damaged or cut off, or it is no zip archive.</exception>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="open">Opens the archive; called once for each reader.</param>
    /// <param name="limit">How much a member may grow.</param>
    public static IReadOnlyList<ArchiveMember> Members(string path, Func<SourceFile> open, ExpansionLimit limit)
    {
        ArchiveReaders readers = new(path, open);
        using ArchiveReader reader = new(path, open);
        long? directory = ZipEnd.Check(path, reader.File);
        try
        {
            HashSet<string> paths = new(StringComparer.Ordinal);
            return
            [
                .. reader.Archive.Entries
                    .Select((entry, place) => (Entry: entry, Place: place))
                    .Where(m => !m.Entry.FullName.EndsWith('/'))
                    .OrderBy(m => m.Entry.FullName, Utf8Order.Instance)
                    .Select(m => Member(m.Entry, m.Place, PathOf(m.Entry.FullName, paths))),
            ];
        }
        catch (Exception e) when (ArchiveReader.IsFault(e))
        {
            throw ZipEnd.Fault(path, $"{e.Message.TrimEnd('.')} ({(directory is null ? "" : $"its directory begins at byte {directory}, and ")}the file has {reader.File.Length} bytes)", e);
        }

        ArchiveMember Member(ZipArchiveEntry entry, int place, string memberPath)
        {
            long packedLength = entry.CompressedLength;
            MemberSize size = new(entry.Length, entry.Crc32);
            return new ArchiveMember(entry.FullName, memberPath, entry.IsEncrypted, () => Open($"{path}/{memberPath}", readers, place, packedLength, size, limit));
        }
    }

    /// <summary>What a file that has the name of an archive is instead; null where it may be an archive.</summary>
    public static string? ForeignContentOf(SourceFile file)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(file.Length, ForeignContent.HeadBytes)];
        file.Read(head, 0);
        return head.StartsWith("PK"u8) ? null : ForeignContent.Describe(head);
    }

    /// <summary>Several members may have one name; each has a path of its own.</summary>
    private static string PathOf(string name, HashSet<string> paths)
    {
        string path = name;
        for (int number = 2; !paths.Add(path); number++)
        {
            path = $"{name} ({number})";
        }

        return path;
    }

    private static UnpackedFile Open(string path, ArchiveReaders readers, int place, long packedLength, MemberSize size, ExpansionLimit limit)
    {
        ArchiveReader? reader = null;
        long started = 0;
        readers.AddMember();
        return new UnpackedFile(path, packedLength, Unpack, BytesRead, Close, "unzip -t", limit, dispose: readers.RemoveMember);

        Stream Unpack(long start)
        {
            Close();
            reader = readers.Rent();
            ZipArchiveEntry entry = place < reader.Archive.Entries.Count ? reader.Archive.Entries[place] : throw new InvalidDataException("the member no longer exists");
            Stream member = new CheckedStream(entry.Open(), size);
            started = reader.Stream.Position;
            PrefixedStream content = PrefixedStream.Peek(member, Compression.Compression.MagicBytes);
            return WideText.ToUtf8(Compression.Compression.Of(content.Prefix)?.Open(content) ?? content);
        }

        long BytesRead() => reader is null ? 0 : Math.Clamp(reader.Stream.Position - started, 0, packedLength);

        void Close()
        {
            if (reader is not null)
            {
                readers.Return(reader);
                reader = null;
            }
        }
    }

    /// <param name="Length">The length of a member in bytes, as the archive states it.</param>
    /// <param name="Crc">The CRC-32 of its bytes, as the archive states it.</param>
    private readonly record struct MemberSize(long Length, uint Crc);

    /// <summary>The bytes of a member. Their number and their checksum, which .NET does not check, must be those that the archive states.</summary>
    private sealed class CheckedStream(Stream inner, MemberSize size) : ReadOnlyStream
    {
        private readonly Crc32 _crc = new();
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int count = inner.Read(buffer);
            _read += count;
            _crc.Append(buffer[..count]);
            bool isEnd = count == 0 && !buffer.IsEmpty;
            if ((isEnd && _read != size.Length) || _read > size.Length)
            {
                throw new InvalidDataException($"the member should have {size.Length} bytes and has {_read}");
            }

            return isEnd && _crc.GetCurrentHashAsUInt32() != size.Crc ? throw new InvalidDataException("the checksum of the member is wrong: the data is damaged") : count;
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
