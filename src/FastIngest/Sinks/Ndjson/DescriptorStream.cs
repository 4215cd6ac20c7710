using System.Runtime.InteropServices;

namespace FastIngest.Sinks.Ndjson;

/// <summary>
/// A stream over an open file descriptor, such as 1 for standard output, which it never closes. Unlike the console's
/// stream it reports a reader that has gone away; unlike <see cref="FileStream"/> it writes at the shared position, so
/// that <c>(health_ingestion …; echo done) &gt; FILE</c> works.
/// </summary>
public sealed class DescriptorStream(int descriptor) : Stream
{
    private const int BackOffMs = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The system refused; <see cref="Exception.HResult"/> is its error number.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = Posix.Write(descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == Posix.TryAgain)
            {
                Thread.Sleep(BackOffMs); // Someone made the descriptor non-blocking.
            }
            else if (error != Posix.Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
