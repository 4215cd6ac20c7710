using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Embedding;
using FastIngest.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>
/// A copy of the vectors of a model, column by column, so that a search reads nothing else. It is a cache: it is used only while
/// its database is in the state that it was made from, and may be deleted at any time. Numbers are little-endian.
/// <code>
/// header        64 bytes: magic, state of the database, rows, dimensions, bytes of the users
/// vectors       rows × dimensions × float32, ordered by user and day
/// lengths       rows × float32: one divided by the length of the vector
/// days          rows × int32: days since 0001-01-01
/// users         rows × int32: the offset of the user's id among the ids
/// ids           for each user an int32, the number of bytes, and the id in UTF-8
/// </code>
/// </summary>
internal sealed class VectorFile : IDisposable
{
    public const int HeaderBytes = 64;

    private const string Ending = ".vectors";

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _idBytes;

    private VectorFile(SafeFileHandle file, string path, long rows, int dimensions, long idBytes)
    {
        _file = file;
        _path = path;
        Rows = (int)rows;
        Dimensions = dimensions;
        _idBytes = idBytes;
    }

    public int Rows { get; }

    public int Dimensions { get; }

    private static ReadOnlySpan<byte> Magic => "FIVECT01"u8;

    private long RowBytes => (long)Dimensions * sizeof(float);

    private long LengthsAt => HeaderBytes + (Rows * RowBytes);

    private long DaysAt => LengthsAt + ((long)Rows * sizeof(float));

    private long UsersAt => DaysAt + ((long)Rows * sizeof(int));

    private long IdsAt => UsersAt + ((long)Rows * sizeof(int));

    /// <summary>The path of the copy of a model's vectors, beside the database.</summary>
    public static string PathOf(string database, EmbeddingModel model) =>
        $"{database}.{UuidVersion5.Of(Encoding.UTF8.GetBytes("fastingest:vectors:" + model.Name)).ToString("N")[..8]}{Ending}";

    /// <summary>Deletes all copies of a database, also those that are not finished.</summary>
    /// <exception cref="IngestException">A copy cannot be deleted.</exception>
    public static void DeleteAll(string database)
    {
        string prefix = Path.GetFileName(database) + ".";
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(database)!))
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith(prefix, StringComparison.Ordinal) && (name.EndsWith(Ending, StringComparison.Ordinal) || name.EndsWith(PartialFile.PathFor(Ending), StringComparison.Ordinal)))
            {
                try
                {
                    File.Delete(file);
                }
                catch (Exception e) when (FileFault.IsFault(e))
                {
                    throw new IngestException($"{file} has vectors of the user and cannot be deleted: {e.Message}", "Delete it yourself.", e);
                }
            }
        }
    }

    /// <summary>Writes the header of a copy.</summary>
    public static void WriteHeader(Span<byte> header, Guid state, int rows, int dimensions, long idBytes)
    {
        header.Clear();
        Magic.CopyTo(header);
        state.TryWriteBytes(header[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], rows);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], dimensions);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], idBytes);
    }

    /// <summary>Opens a copy; null when there is none, or it is of another state or is not whole.</summary>
    public static VectorFile? TryOpen(string path, Guid state, EmbeddingModel model)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(file, header, 0) == HeaderBytes && header.StartsWith(Magic) && new Guid(header.Slice(8, 16)) == state)
            {
                long rows = BinaryPrimitives.ReadInt64LittleEndian(header[24..]), idBytes = BinaryPrimitives.ReadInt64LittleEndian(header[40..]);
                int dimensions = BinaryPrimitives.ReadInt32LittleEndian(header[32..]);
                if (rows is >= 0 and <= int.MaxValue && dimensions == model.Dimensions && idBytes >= 0)
                {
                    VectorFile opened = new(file, path, rows, dimensions, idBytes);
                    if (opened.IdsAt + idBytes == RandomAccess.GetLength(file))
                    {
                        file = null;
                        return opened;
                    }
                }
            }

            return null;
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Reads the vectors of rows, and one divided by their lengths.</summary>
    public void ReadVectors(int firstRow, Span<float> vectors, Span<float> lengths)
    {
        Read(MemoryMarshal.AsBytes(vectors), HeaderBytes + (firstRow * RowBytes));
        Read(MemoryMarshal.AsBytes(lengths), LengthsAt + ((long)firstRow * sizeof(float)));
    }

    /// <summary>Reads the days and the users of rows.</summary>
    public void ReadKeys(int firstRow, Span<int> days, Span<int> users)
    {
        Read(MemoryMarshal.AsBytes(days), DaysAt + ((long)firstRow * sizeof(int)));
        Read(MemoryMarshal.AsBytes(users), UsersAt + ((long)firstRow * sizeof(int)));
    }

    /// <summary>Reads the id of a user.</summary>
    /// <param name="offset">The value of the column of users.</param>
    public byte[] ReadUser(int offset)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (offset < 0 || offset > _idBytes - sizeof(int))
        {
            throw Damaged();
        }

        Read(length, IdsAt + offset);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes < 0 || bytes > _idBytes - sizeof(int) - offset)
        {
            throw Damaged();
        }

        byte[] id = new byte[bytes];
        Read(id, IdsAt + offset + sizeof(int));
        return id;
    }

    public void Dispose() => _file.Dispose();

    private void Read(Span<byte> bytes, long offset)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int read = RandomAccess.Read(_file, bytes, offset);
                if (read == 0)
                {
                    throw Damaged();
                }

                bytes = bytes[read..];
                offset += read;
            }
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, _path);
        }
    }

    private IngestException Damaged() => new($"{_path} is damaged.", "Delete it; the next search makes it anew.");
}
