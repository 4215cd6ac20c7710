using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// Notes the rejects of a map task in a file, as calls of <see cref="IRejectLog"/> in their order. The last step repeats the calls
/// for the whole run, and only then reads the text and the line numbers of the rejected records: a task that has a range of a file
/// does not know how many lines are before it.
/// </summary>
internal sealed class RejectJournal(ISharedOutput output) : IRejectLog, IDisposable
{
    private readonly Lock _gate = new();
    private readonly XxHash3 _hash = new();
    private FileStream? _file;
    private long _bytes;

    private enum Call
    {
        Add,
        AddCutOff,
        Close,
    }

    public void Add(FilePlan part, Reject reject) => Note(new Line(Call.Add, part, reject.Reason, reject.Offset, reject.Length));

    public bool AddCutOff(FilePlan part)
    {
        part.File.ReadToEnd();
        Note(new Line(Call.AddCutOff, part, default, part.File.Length, 0));
        return false;
    }

    public void Close(FilePlan part) => Note(new Line(Call.Close, part, default, part.File.Length, 0));

    /// <summary>Completes the file, so that others can read it; null if nothing was rejected.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public JournalInfo? Complete()
    {
        if (_file is null)
        {
            return null;
        }

        try
        {
            output.Publish(_file);
            return new JournalInfo(System.IO.Path.GetFileName(output.Path), _bytes, _hash.GetCurrentHashAsUInt64());
        }
        catch (IOException e)
        {
            throw CanNotWrite(e);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Repeats the calls of a journal.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="open">Opens the journal.</param>
    /// <param name="info">Its size and checksum.</param>
    /// <param name="log">Receives the rejects.</param>
    /// <param name="sourceOf">Returns the source of the rejects of a file, a part and a category.</param>
    /// <param name="cutOff">Called with the category for each file that is cut off and whose end counts as a record.</param>
    /// <exception cref="IngestException">The journal is missing or damaged.</exception>
    public static void Replay(string path, Func<ISharedFile> open, JournalInfo info, RejectLog log, Func<int, int, Category, RejectSource> sourceOf, Action<Category> cutOff)
    {
        foreach (Line line in Lines(path, open, info))
        {
            RejectSource source = sourceOf(line.File, line.Part, (Category)line.Category);
            switch ((Call)line.Call)
            {
                case Call.Add:
                    log.Add(source, new Reject(line.Offset, line.Length, (RejectReason)line.Reason));
                    source.File.ReleaseBefore(line.Offset);
                    break;
                case Call.AddCutOff:
                    if (log.AddCutOff(source, line.Offset))
                    {
                        cutOff(source.Category);
                    }

                    break;
                default:
                    log.Close(source, line.Offset);
                    break;
            }
        }
    }

    /// <summary>The indexes of the files that a journal has rejects of.</summary>
    /// <exception cref="IngestException">The journal is missing or damaged.</exception>
    public static void AddFilesTo(string path, Func<ISharedFile> open, JournalInfo info, ISet<int> files)
    {
        foreach (Line line in Lines(path, open, info))
        {
            files.Add(line.File);
        }
    }

    private static IEnumerable<Line> Lines(string path, Func<ISharedFile> open, JournalInfo info)
    {
        Verify(path, open, info);
        using Stream file = SharedFileStream.Open(open(), 64 * 1024);
        byte[] bytes = new byte[Unsafe.SizeOf<Line>()];
        for (long position = 0; position < info.Bytes; position += bytes.Length)
        {
            file.ReadExactly(bytes);
            yield return MemoryMarshal.Read<Line>(bytes);
        }
    }

    private static void Verify(string path, Func<ISharedFile> open, JournalInfo info)
    {
        try
        {
            using Stream file = SharedFileStream.Open(open(), 64 * 1024);
            XxHash3 hash = new();
            hash.Append(file);
            if (file.Length != info.Bytes || info.Bytes % Unsafe.SizeOf<Line>() != 0 || hash.GetCurrentHashAsUInt64() != info.Check)
            {
                throw Damaged(path, "is damaged: its length or checksum is wrong");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(path, $"cannot be read: {FaultText.OneLine(e.Message)}", e);
        }
    }

    private static IngestException Damaged(string path, string how, Exception? inner = null) => new(
        $"{path} {how}.", "Remove the manifest of its map task and check.json from the work folder, then run that task, check and the steps after it.", inner);

    private void Note(Line line)
    {
        lock (_gate)
        {
            if (_file is null && line.Call == (int)Call.Close)
            {
                // Nothing was rejected so far, so that there is nothing to close.
                return;
            }

            try
            {
                _file ??= output.Create(64 * 1024);
                Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Line>(ref line));
                _file.Write(bytes);
                _hash.Append(bytes);
                _bytes += bytes.Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CanNotWrite(e);
            }
        }
    }

    private IngestException CanNotWrite(Exception e) => new(
        $"{output.Path} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder and the space on its disk, then start the task once more.", e);

    /// <summary>One call: 40 bytes. The offset is the length of the file for a call other than <see cref="Call.Add"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Line(int Call, int Category, int Reason, int File, int Part, int Reserved, long Offset, long Length)
    {
        public Line(Call call, FilePlan part, RejectReason reason, long offset, long length)
            : this((int)call, (int)part.Category, (int)reason, part.FileIndex, part.Part, 0, offset, length)
        {
        }
    }
}
