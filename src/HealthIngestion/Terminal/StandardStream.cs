using System.Runtime.InteropServices;
using System.Text;
using FastIngest;

namespace HealthIngestion.Terminal;

/// <summary>
/// Standard output and standard error as bytes. .NET's console streams drop what they cannot write when the reader is
/// gone and switch the terminal's keyboard mode (<c>ESC [ ? 1 h</c>); its file stream keeps an offset of its own, which
/// harms <c>&gt;&gt;</c> and shared files. So this one calls <c>write</c>. SIGPIPE is ignored by the runtime: a closed
/// pipe comes back as EPIPE and, on standard output, ends the run in silence (<see cref="ClosedOutputException"/>).
/// </summary>
internal sealed partial class StandardStream : Stream
{
    private const int Eintr = 4, Eagain = 11, Epipe = 32;

    private readonly int _descriptor;
    private readonly bool _mustArrive;

    private StandardStream(int descriptor, bool mustArrive)
    {
        _descriptor = descriptor;
        _mustArrive = mustArrive;
    }

    /// <summary>Standard output; a byte that cannot be written is an <see cref="IngestException"/>.</summary>
    public static Stream OpenOutput() => OperatingSystem.IsLinux() ? new StandardStream(1, mustArrive: true) : Console.OpenStandardOutput();

    /// <summary>Writes a text to standard output as UTF-8.</summary>
    public static void WriteOutput(string text)
    {
        using Stream output = OpenOutput();
        output.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Standard error; what cannot be written there is lost, for there is nowhere to say so.</summary>
    public static Stream OpenError() => OperatingSystem.IsLinux() ? new StandardStream(2, mustArrive: false) : Console.OpenStandardError();

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
            nint written = WriteDescriptor(_descriptor, buffer, (nuint)buffer.Length);
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
                case var _ when !_mustArrive:
                    return;
                case Epipe:
                    throw new ClosedOutputException();
                case int code:
                    throw new IngestException($"standard output cannot be written: {Marshal.GetPInvokeErrorMessage(code)}.", "Write to another place.");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>On a thread of its own, so that a reader that takes its time holds up the write but not whoever waits for it.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Write(buffer.Span), cancellationToken));

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
