using FastIngest.Pipeline;
using FastIngest.Storage.Protobuf;
using FastIngest.Tests.Support;
using FastIngest.V1;
using Google.Protobuf;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>Writes and reads files of Protocol Buffers: with this program, and with Google.Protobuf.</summary>
internal static class ProtobufFile
{
    /// <summary>The mark of each frame, as docs/fastingest.proto gives it.</summary>
    public const ulong Sync = 0x961A0A0D52494689;

    /// <summary>Writes the records of a run as a file, and returns the run.</summary>
    public static RunResult Write(IngestOptions options, string path)
    {
        ProtobufSink sink = new(path, () => Stream.Null, Path.GetTempPath());
        try
        {
            return Run.Ingest(options, sink);
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Reads the frames of a file with Google.Protobuf.</summary>
    public static IReadOnlyList<Frame> Frames(byte[] file)
    {
        using MemoryStream stream = new(file);
        List<Frame> frames = [];
        while (stream.Position < stream.Length)
        {
            frames.Add(Frame.Parser.ParseDelimitedFrom(stream));
        }

        return frames;
    }

    /// <summary>Writes messages with Google.Protobuf, each after its length.</summary>
    public static byte[] Delimited(params IEnumerable<Frame> frames)
    {
        using MemoryStream stream = new();
        foreach (Frame frame in frames)
        {
            frame.WriteDelimitedTo(stream);
        }

        return stream.ToArray();
    }

    public static Frame Header() => new() { Sync = Sync, Header = new Header { Format = "FastIngest records", Version = 1 } };

    public static Frame End() => new() { Sync = Sync, End = new End() };

    /// <summary>A batch with three heart rates of one user, on 2024-01-31.</summary>
    public static Batch HeartRates()
    {
        long micros = DateOnly.Parse("2024-01-31", System.Globalization.CultureInfo.InvariantCulture).DayNumber * 86_400L;
        Batch batch = new() { Category = Category.HeartRate, Records = 3, TimeUnit = 1_000_000 };
        batch.Texts.Add(["ada", "Thh:mm:ss"]);
        batch.User.Add(1);
        batch.Time.Add([micros + 3600, 60, 60]);
        batch.TimeForm.Add(2);
        batch.Numbers.Add(new Numbers { Scale = 1_000_000, Values = { 60, 62, 64 } });
        return batch;
    }

    /// <summary>A file with a header, batches and an end.</summary>
    public static byte[] Of(params IEnumerable<Batch> batches) =>
        Delimited([Header(), .. batches.Select(b => new Frame { Sync = Sync, Batch = b }), End()]);
}
