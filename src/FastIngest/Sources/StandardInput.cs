using Microsoft.Win32.SafeHandles;

namespace FastIngest.Sources;

/// <summary>
/// Opens standard input and pipes. Files are read from several places at once and some of them twice, which a pipe does not
/// allow. Therefore its bytes are copied into a temporary file without a name.
/// </summary>
internal static class StandardInput
{
    /// <summary>The path that stands for standard input.</summary>
    public const string Path = "-";

    /// <summary>The name shown to the user.</summary>
    public const string DisplayName = "standard input";

    private const int StandardInputDescriptor = 0;

    private const int BufferBytes = 1 << 20;

    /// <summary>Opens standard input. A regular file that is redirected into it is read without a copy.</summary>
    public static SourceFile Open(InputOptions options)
    {
        string descriptor = $"/proc/self/fd/{StandardInputDescriptor}";
        return FileStatus.Of(descriptor) is { Kind: FileKind.Regular }
            ? SourceFile.Open(descriptor, options.Io, DisplayName)
            : Copy(new FileStream(new SafeFileHandle(StandardInputDescriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0), DisplayName, options);
    }

    /// <summary>Opens a pipe that has a name in the file system.</summary>
    /// <exception cref="IngestException">The pipe cannot be read, or there is no space for the copy.</exception>
    public static SourceFile OpenPipe(string path, InputOptions options)
    {
        try
        {
            return Copy(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), path, options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw SourceFile.Denied(path, e);
        }
    }

    private static SourceFile Copy(Stream stream, string displayName, InputOptions options)
    {
        SafeFileHandle? copy = null;
        try
        {
            using (stream)
            {
                copy = UnnamedFile.Create(options.TempDirectory, "input");
                byte[] buffer = new byte[BufferBytes];
                long length = 0;
                for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
                {
                    RandomAccess.Write(copy, buffer.AsSpan(0, read), length);
                    length += read;
                }
            }

            return SourceFile.Open(copy, displayName, options.Io);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            copy?.Dispose();
            throw new IngestException(
                $"{displayName} cannot be copied to {options.TempDirectory}: {e.Message}", "Free some space, or choose another folder with --temp-dir.", e);
        }
    }
}
