using System.Buffers.Binary;
using Npgsql;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>Takes what a COPY sends, tuple by tuple, in memory for some of them.</summary>
internal sealed class CopyReceiver(NpgsqlRawCopyStream stream) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start, _end, _length;
    private bool _isStarted;

    /// <summary>The tuple, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_start, _length);

    /// <summary>Goes to the next tuple; false behind the last one.</summary>
    public bool Next()
    {
        _start += _length;
        _length = 0;
        if (!_isStarted)
        {
            Require(CopyFormat.Header.Length);
            int extension = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(CopyFormat.Header.Length - 4));
            Require(CopyFormat.Header.Length + extension);
            _start = CopyFormat.Header.Length + extension;
            _isStarted = true;
        }

        Require(sizeof(short));
        int length = sizeof(short);
        int fields = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_start));
        for (int i = 0; i < fields; i++)
        {
            Require(length + sizeof(int));
            int bytes = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + length));
            length += sizeof(int) + Math.Max(0, bytes);
        }

        Require(length);
        _length = length;
        return fields >= 0;
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Brings so many bytes from where reading stands into the buffer.</summary>
    private void Require(int bytes)
    {
        if (_end - _start >= bytes)
        {
            return;
        }

        if (_buffer.Length < bytes || _buffer.Length > 2 * BufferBytes)
        {
            // One huge row made it grow: the next ones do not keep that.
            byte[] other = new byte[Math.Max(BufferBytes, bytes + (bytes / 8))];
            if (other.Length >= _end - _start)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(other);
                _end -= _start;
                _start = 0;
                _buffer = other;
            }
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < bytes)
        {
            int read = stream.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                throw new IOException("The server ended a COPY in the middle of a row.");
            }

            _end += read;
        }
    }
}
