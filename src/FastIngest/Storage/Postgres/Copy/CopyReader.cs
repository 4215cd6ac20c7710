using System.Buffers.Binary;
using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Reads the tuples of COPY results, one result after another, and reuses its buffer.</summary>
/// <param name="bufferBytes">The size of the buffer in bytes. The buffer grows temporarily for a larger tuple.</param>
internal sealed class CopyReader(int bufferBytes = 1 << 20) : IDisposable
{
    private byte[] _buffer = new byte[bufferBytes];
    private int _start, _end, _length;
    private bool _isStarted;
    private NpgsqlRawCopyStream? _stream;

    /// <summary>The current tuple; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_start, _length);

    /// <summary>Starts to read the result of a COPY. The stream is disposed with this object, or by the caller.</summary>
    public void Begin(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        (_start, _end, _length, _isStarted) = (0, 0, 0, false);
    }

    /// <summary>Moves to the next tuple; false at the end.</summary>
    public bool Next()
    {
        SkipCurrent();
        bool isTuple;
        while (MissingBytes(out isTuple) is > 0 and var bytes)
        {
            EnsureCapacity(bytes);
            CountReceived(_stream!.Read(_buffer.AsSpan(_end)));
        }

        return isTuple;
    }

    /// <summary>Moves to the next tuple; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        SkipCurrent();
        bool isTuple;
        while (MissingBytes(out isTuple) is > 0 and var bytes)
        {
            EnsureCapacity(bytes);
            CountReceived(await _stream!.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false));
        }

        return isTuple;
    }

    public void Dispose() => _stream?.Dispose();

    private void SkipCurrent()
    {
        _start += _length;
        _length = 0;
    }

    /// <summary>Determines the length of the next tuple.</summary>
    /// <returns>The number of bytes that the buffer must hold to continue; 0 when it holds the whole tuple.</returns>
    private int MissingBytes(out bool isTuple)
    {
        isTuple = false;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        if (!_isStarted)
        {
            int header = CopyFormat.Header.Length;
            int headerBytes = bytes.Length < header ? header : header + BinaryPrimitives.ReadInt32BigEndian(bytes[(header - 4)..]);
            if (bytes.Length < headerBytes)
            {
                return headerBytes;
            }

            _start += headerBytes;
            _isStarted = true;
            bytes = bytes[headerBytes..];
        }

        int length = sizeof(short);
        if (bytes.Length < length)
        {
            return length;
        }

        int fields = BinaryPrimitives.ReadInt16BigEndian(bytes);
        for (int i = 0; i < fields; i++)
        {
            if (bytes.Length < length + sizeof(int))
            {
                return length + sizeof(int);
            }

            length += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes[length..]));
        }

        if (bytes.Length < length)
        {
            return length;
        }

        isTuple = fields >= 0;
        _length = length;
        return 0;
    }

    /// <summary>Moves the unread bytes to the start of the buffer, and makes sure that the buffer holds the given number of bytes.</summary>
    private void EnsureCapacity(int bytes)
    {
        int held = _end - _start;
        byte[] buffer = _buffer;
        if (_buffer.Length < bytes || _buffer.Length > 2 * bufferBytes)
        {
            // Enlarge the buffer for this row, or shrink it after a huge row.
            int size = Math.Max(bufferBytes, bytes + (bytes / 8));
            buffer = size >= held ? new byte[size] : _buffer;
        }

        _buffer.AsSpan(_start, held).CopyTo(buffer);
        (_buffer, _start, _end) = (buffer, 0, held);
    }

    private void CountReceived(int bytes) => _end += bytes > 0 ? bytes : throw new IOException("The server ended a COPY in the middle of a row.");
}
