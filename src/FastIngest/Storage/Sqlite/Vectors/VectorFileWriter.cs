using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FastIngest.Embedding;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>Writes a <see cref="VectorFile"/>. The vectors are written as they are read; the other columns stay in memory until the end, 12 bytes a row.</summary>
internal static class VectorFileWriter
{
    private const int IdsCapacity = 64 << 10;

    /// <summary>Writes all vectors; false when the file cannot be written, because the folder is read-only or another search writes it.</summary>
    /// <exception cref="IngestException">The database cannot be read, or the disk is full.</exception>
    public static async ValueTask<bool> TryWriteAsync(string path, Guid state, EmbeddingModel model, SqliteVectorPages pages, CancellationToken cancellationToken)
    {
        PartialFile partial;
        try
        {
            partial = PartialFile.Create(path, path);
        }
        catch (IngestException)
        {
            return false;
        }

        using (partial)
        {
            await WriteAsync(partial, state, model, pages, cancellationToken).ConfigureAwait(false);
            await partial.PublishAsync(replace: true, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private static async ValueTask WriteAsync(PartialFile partial, Guid state, EmbeddingModel model, SqliteVectorPages pages, CancellationToken cancellationToken)
    {
        List<float> lengths = [];
        List<int> days = [], users = [];
        MemoryStream ids = new(IdsCapacity);
        byte[] lastUser = [];
        int userOffset = -1;
        byte[] header = new byte[VectorFile.HeaderBytes];
        VectorPage page = new(model.Dimensions);
        try
        {
            partial.Stream.Write(header);
            while (await pages.ReadAsync(page, cancellationToken).ConfigureAwait(false))
            {
                for (int i = 0; i < page.Keys.Count; i++)
                {
                    (byte[] user, int day) = page.Keys[i];
                    if (userOffset < 0 || !user.AsSpan().SequenceEqual(lastUser))
                    {
                        (lastUser, userOffset) = (user, checked((int)ids.Length));
                        AddId(ids, user);
                    }

                    lengths.Add(Cosine.InverseLength(page.Vector(i)));
                    days.Add(day);
                    users.Add(userOffset);
                }

                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(page.Numbers);
                partial.Stream.Write(bytes);
                partial.CountWritten(bytes.Length);
            }

            partial.Stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(lengths)));
            partial.Stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(days)));
            partial.Stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(users)));
            partial.Stream.Write(ids.GetBuffer().AsSpan(0, (int)ids.Length));
            VectorFile.WriteHeader(header, state, lengths.Count, model.Dimensions, ids.Length);
            partial.Stream.Position = 0;
            partial.Stream.Write(header);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, partial.DisplayPath);
        }
    }

    private static void AddId(MemoryStream ids, byte[] user)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, user.Length);
        ids.Write(length);
        ids.Write(user);
    }
}
