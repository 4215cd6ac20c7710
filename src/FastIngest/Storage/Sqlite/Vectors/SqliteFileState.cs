using System.Buffers.Binary;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>
/// The state of a SQLite file as a value that is different after every commit, whichever program made it. The header of the
/// file has a counter of commits; with a write-ahead log a commit changes the log instead: its length, its time, or the salt in
/// its header.
/// </summary>
internal static class SqliteFileState
{
    /// <summary>The header of the file, with the counter at byte 24.</summary>
    private const int HeaderBytes = 100;

    private const int WalHeaderBytes = 32;

    /// <summary>The time of a file has the resolution of the kernel's clock. Two commits can have one time only within this span.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(30);

    private const int Tries = 20;

    /// <exception cref="IngestException">The file cannot be read.</exception>
    public static async ValueTask<Guid> ReadAsync(string file, CancellationToken cancellationToken)
    {
        for (int i = 1; ; i++)
        {
            byte[] state = Read(file, out DateTime changed);
            TimeSpan age = DateTime.UtcNow - changed;
            if (age < TimeSpan.Zero || age > ClockStep || i == Tries)
            {
                return UuidVersion5.Of(state);
            }

            await Task.Delay(ClockStep, cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] Read(string file, out DateTime changed)
    {
        byte[] state = new byte[HeaderBytes + WalHeaderBytes + (4 * sizeof(long))];
        changed = Add(file, state.AsSpan(0, HeaderBytes + (2 * sizeof(long))));
        DateTime wal = Add(file + "-wal", state.AsSpan(HeaderBytes + (2 * sizeof(long))));
        changed = wal > changed ? wal : changed;
        return state;
    }

    /// <summary>Fills a span with the length and the time of a file and its first bytes; with zeros when it is missing or empty.</summary>
    private static DateTime Add(string path, Span<byte> state)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length == 0)
            {
                // A reader makes an empty log and removes it again.
                return DateTime.MinValue;
            }

            DateTime time = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            BinaryPrimitives.WriteInt64LittleEndian(state, stream.Length);
            BinaryPrimitives.WriteInt64LittleEndian(state[sizeof(long)..], time.Ticks);
            stream.ReadAtLeast(state[(2 * sizeof(long))..], state.Length - (2 * sizeof(long)), throwOnEndOfStream: false);
            return time;
        }
        catch (FileNotFoundException)
        {
            return DateTime.MinValue;
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, path);
        }
    }
}
