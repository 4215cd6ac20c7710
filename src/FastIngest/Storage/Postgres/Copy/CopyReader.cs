using System.Buffers.Binary;
using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Takes what COPYs send, one COPY after another and tuple by tuple; the buffer stays from one to the next.</summary>
/// <param name="bufferBytes">Bytes of the buffer; a larger tuple makes it grow for as long as it needs.</param>
internal sealed class CopyReader(int bufferBytes = 1 << 20) : IDisposable
{
    private byte[] _buffer = new byte[bufferBytes];
    private int _start, _end, _length;
    private bool _isStarted;
    private NpgsqlRawCopyStream? _stream;

    /// <summary>The tuple, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_start, _length);

    /// <summary>Begins with the tuples of a COPY; the stream is disposed with the receiver or by the caller.</summary>
    public void Begin(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        (_start, _end, _length, _isStarted) = (0, 0, 0, false);
    }

    /// <summary>Goes to the next tuple; false behind the last one.</summary>
    public bool Next()
    {
        Leave();
        bool isTuple;
        while (Missing(out isTuple) is > 0 and var bytes)
        {
            MakeRoom(bytes);
            Received(_stream!.Read(_buffer.AsSpan(_end)));
        }

        return isTuple;
    }

    /// <summary>Goes to the next tuple; false behind the last one.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        Leave();
        bool isTuple;
        while (Missing(out isTuple) is > 0 and var bytes)
        {
            MakeRoom(bytes);
            Received(await _stream!.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false));
        }

        return isTuple;
    }

    public void Dispose() => _stream?.Dispose();

    private void Leave()
    {
        _start += _length;
        _length = 0;
    }

    /// <summary>Measures the tuple where reading stands.</summary>
    /// <returns>Bytes that the buffer must hold from there on to get further; 0 when it holds the tuple.</returns>
    private int Missing(out bool isTuple)
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

    /// <summary>Makes room for so many bytes from where reading stands, which comes to the buffer's start.</summary>
    private void MakeRoom(int bytes)
    {
        int held = _end - _start;
        byte[] buffer = _buffer;
        if (_buffer.Length < bytes || _buffer.Length > 2 * bufferBytes)
        {
            // One huge row made it grow: the next ones do not keep that.
            int size = Math.Max(bufferBytes, bytes + (bytes / 8));
            buffer = size >= held ? new byte[size] : _buffer;
        }

        _buffer.AsSpan(_start, held).CopyTo(buffer);
        (_buffer, _start, _end) = (buffer, 0, held);
    }

    private void Received(int bytes) => _end += bytes > 0 ? bytes : throw new IOException("The server ended a COPY in the middle of a row.");
}
