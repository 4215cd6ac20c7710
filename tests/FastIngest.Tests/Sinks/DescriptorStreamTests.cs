using System.IO.Pipes;
using System.Text;
using FastIngest.Sinks.Ndjson;

namespace FastIngest.Tests.Sinks;

public class DescriptorStreamTests
{
    private const int BrokenPipe = 32;

    [Fact]
    public async Task More_than_a_pipe_holds_is_written_whole_and_the_descriptor_left_open()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs descriptors");
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, writer.ClientSafePipeHandle);
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000)));
        Task writing = Task.Run(() =>
        {
            using (DescriptorStream stream = new((int)writer.SafePipeHandle.DangerousGetHandle()))
            {
                stream.Write(bytes);
            }

            writer.Dispose();
        });
        MemoryStream read = new();
        await reader.CopyToAsync(read);
        await writing;
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public void A_reader_that_left_is_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs descriptors");
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        writer.DisposeLocalCopyOfClientHandle();
        DescriptorStream stream = new((int)writer.SafePipeHandle.DangerousGetHandle());
        Assert.Equal(BrokenPipe, Assert.Throws<IOException>(() => stream.Write("x"u8)).HResult);
    }
}
