using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Original;

/// <summary>One run of the reference implementation, with all its results as text.</summary>
internal sealed class OriginalRun
{
    private OriginalRun(RunResult result, IReadOnlyList<string> users)
    {
        Lines = [.. result.Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Rejects = [.. result.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Categories = result.Report.Categories;
        Users = users;
    }

    /// <summary>The rows in the format of the ndjson sink.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The lines of the rejects file.</summary>
    public IReadOnlyList<JsonElement> Rejects { get; }

    public IReadOnlyList<CategoryReport> Categories { get; }

    /// <summary>The ids of the profiles.</summary>
    public IReadOnlyList<string> Users { get; }

    /// <summary>Every reject as <c>reason@offset+length:line</c>.</summary>
    public string RejectsText => string.Join(" ", Rejects.Select(r =>
        $"{r.GetProperty("reason").GetString()}@{r.GetProperty("offset")}+{r.GetProperty("length")}:{r.GetProperty("line")}"));

    public JsonElement Row(int index) => JsonDocument.Parse(Lines[index]).RootElement;

    public string Summary(int index) => Row(index).GetProperty("summary").GetString()!;

    public static OriginalRun Of(Category category, string text, int maxRecordBytes = 16 << 20) => Of(category, Encoding.UTF8.GetBytes(text), maxRecordBytes);

    public static OriginalRun Of(Category category, byte[] bytes, int maxRecordBytes = 16 << 20) => Of([(category, bytes)], maxRecordBytes);

    public static OriginalRun Of(IEnumerable<(Category Category, byte[] Bytes)> files, int maxRecordBytes = 16 << 20)
    {
        using TemporaryFolder folder = new();
        foreach ((Category category, byte[] bytes) in files)
        {
            folder.Write(category.Name() + ".json", bytes);
        }

        return OfFolder(folder.Path, maxRecordBytes);
    }

    public static OriginalRun OfFolder(string folder, int maxRecordBytes = 16 << 20)
    {
        UserSink users = new();
        return new(Support.Run.Ingest(new IngestOptions { Paths = [folder], Mode = IngestMode.Original, MaxRecordBytes = maxRecordBytes }, users), users.Users);
    }

    /// <summary>Collects the ids of profiles, and checks whether the parts of each summary add up.</summary>
    private sealed class UserSink : ISummarySink
    {
        public List<string> Users { get; } = [];

        public string DisplayName => "users";

        public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
        {
            foreach (ref readonly UserProfile user in batch.Users)
            {
                Users.Add(Encoding.UTF8.GetString(batch.Text(user.UserId)));
            }

            foreach (ref readonly DailySummary row in batch.Rows)
            {
                AssertPartsAddUp(batch, row);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken) => ValueTask.FromResult(new SinkResult(0, 0, 0, 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static void AssertPartsAddUp(SummaryBatch batch, in DailySummary row)
        {
            int sum = 0;
            for (int c = 0; c < FastIngest.Health.Categories.Count; c++)
            {
                Assert.True(row.Parts[c] == 0 || c == 0 || row.Has((Category)c));
                ReadOnlySpan<byte> part = batch.Text(row.Texts[TextSlot.Summary]).Slice(sum, row.Parts[c]);
                Assert.True(c == 0 || part.IsEmpty || part[0] == ' ');
                sum += row.Parts[c];
            }

            Assert.Equal(row.Texts[TextSlot.Summary].Length, sum);
        }
    }
}
