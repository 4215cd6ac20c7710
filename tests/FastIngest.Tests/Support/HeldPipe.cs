using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Tests.Support;

/// <summary>
/// A named pipe that the test holds open and never reads. A program that writes to the pipe waits when the pipe is full.
/// The test can therefore hold a run in the middle of its output for as long as needed, on a machine of any speed.
/// </summary>
internal sealed partial class HeldPipe : IDisposable
{
    private const short PollOut = 4;

    private readonly SafeFileHandle _handle;

    public HeldPipe(string path)
    {
        Path = path;
        Assert.Equal(0, MakePipe(path, 0b110_000_000));

        // Open for reading and writing, so that neither the test nor the program waits for the other to open the pipe.
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    public string Path { get; }

    /// <summary>Whether the writing program must wait for a reader.</summary>
    public bool IsFull
    {
        get
        {
            PollEntry entry = new() { Descriptor = (int)_handle.DangerousGetHandle(), Asked = PollOut };
            return PollDescriptors(ref entry, 1, 0) == 0;
        }
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollDescriptors(ref PollEntry entries, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Asked;
        public short Found;
    }
}
