using System.Runtime.InteropServices;
using FastIngest;

namespace HealthIngestion.Terminal;

/// <summary>
/// Standard output as bytes. .NET's console stream drops what it cannot write when the reader is gone, and its file
/// stream keeps an offset of its own, which harms <c>&gt;&gt;</c> and shared files; so this one calls <c>write</c>.
/// SIGPIPE is ignored by the runtime: a closed pipe comes back as EPIPE and ends the run with one line.
/// </summary>
internal sealed partial class StandardOutput : Stream
{
    private const int Descriptor = 1, Eintr = 4, Eagain = 11, Epipe = 32;

    public static Stream Open() => OperatingSystem.IsLinux() ? new StandardOutput() : Console.OpenStandardOutput();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = WriteDescriptor(Descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Eintr:
                    break;
                case Eagain:
                    Thread.Sleep(1);
                    break;
                case Epipe:
                    throw new IngestException("the reader of standard output closed it; the rest was not written.", "Read it to the end, or write to a file.");
                case int code:
                    throw new IngestException($"standard output cannot be written: {Marshal.GetPInvokeErrorMessage(code)}.", "Write to another place.");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
