using FastIngest.Health;
using FastIngest.Pipeline.Tasks;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline.Tasks;

/// <summary>The rows of a reduce task come back as they were, and no wrong byte in their file stays unseen.</summary>
public sealed class PartFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _run = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_profiles_and_texts_come_back()
    {
        string path = _folder.File("rows");
        await WriteAsync(path, task: 3);
        List<string> found = [];
        SummaryBatch batch = new();
        new PartReader(path, () => new LocalSharedFile(path), _run, 3).Read(() => batch, b => found.Add(Describe(b)));
        Assert.Equal([Describe(Batch("ada", 1)), Describe(Batch("bo", 4))], found);
    }

    [Fact]
    public async Task A_wrong_byte_anywhere_is_an_error_that_names_the_file()
    {
        string path = _folder.File("rows");
        await WriteAsync(path, task: 3);
        WrongBytes.AreNoticed(path, 7, () => new PartReader(path, () => new LocalSharedFile(path), _run, 3).Read(() => new SummaryBatch(), _ => { }));
    }

    private static SummaryBatch Batch(string user, int rows)
    {
        SummaryBatch batch = new();
        TextRef id = batch.AddText(System.Text.Encoding.UTF8.GetBytes(user));
        batch.AddUser(new UserProfile { UserId = id, Name = TextRef.Null, Gender = TextRef.Null, FitnessLevel = TextRef.Null, Age = 30_000_000 });
        for (int i = 0; i < rows; i++)
        {
            ref DailySummary row = ref batch.AddRow();
            row.Day = 700_000 + i;
            row.Numbers[0] = i / 3.0;
            row.Texts[TextSlot.UserId] = id;
            row.Texts[TextSlot.Summary] = batch.AddText("text"u8);
        }

        return batch;
    }

    private static string Describe(SummaryBatch batch)
    {
        List<string> lines = [];
        foreach (UserProfile user in batch.Users)
        {
            lines.Add($"{Convert.ToHexString(batch.Text(user.UserId))} {user.Age} {user.Name.IsNull}");
        }

        foreach (ref readonly DailySummary row in batch.Rows)
        {
            lines.Add($"{row.Day} {row.Numbers[0]:R} {Convert.ToHexString(batch.Text(row.Texts[TextSlot.UserId]))} {Convert.ToHexString(batch.Text(row.Texts[TextSlot.Summary]))} {double.IsNaN(row.Numbers[NumberSlot.Length - 1])}");
        }

        return string.Join('\n', lines);
    }

    private async Task WriteAsync(string path, int task)
    {
        await using PartSink sink = new(new LocalSharedOutput(path), _run, task);
        await sink.WriteAsync(Batch("ada", 1), default);
        await sink.WriteAsync(new SummaryBatch(), default);
        await sink.WriteAsync(Batch("bo", 4), default);
        await sink.CompleteAsync(new RunFigures(0, 0, 0, 5), default);
        Assert.Equal(new FileInfo(path).Length, sink.Length);
    }
}
