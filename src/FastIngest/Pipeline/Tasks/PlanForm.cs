using System.Globalization;
using System.Text.Json;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The form of <c>plan.json</c>.</summary>
internal static class PlanForm
{
    private const string DayFormat = "yyyy-MM-dd";

    public static JsonForm<RunPlan> Plan { get; } = new(Write, Read);

    /// <summary>Writes a file, or a part of one, that is not read.</summary>
    public static void WriteUnread(Utf8JsonWriter json, UnreadFile unread)
    {
        json.WriteString("path", unread.Path);
        json.WriteString("reason", unread.Reason);
        json.WriteString("guess", unread.Guess);
        json.WriteBoolean("is_expected", unread.IsExpected);
    }

    public static UnreadFile ReadUnread(JsonElement e) => new(e.Text("path"), e.Text("reason"), e.GetProperty("guess").GetString(), e.Flag("is_expected"));

    private static void Write(Utf8JsonWriter json, RunPlan plan)
    {
        json.WriteNumber("format", plan.Format);
        json.WriteString("program", plan.Program);
        json.WriteBoolean("is_dictionary", plan.IsDictionary);
        json.WriteTexts("arguments", plan.Arguments);
        json.WriteString("today", plan.Today.ToString(DayFormat, CultureInfo.InvariantCulture));
        json.WriteString("key_check", plan.KeyCheck);
        json.WriteNumber("chunk_bytes", plan.ChunkBytes);
        json.WriteNumber("reduce_tasks", plan.ReduceTasks);
        json.WriteList("files", plan.Files, (j, f) =>
        {
            j.WriteString("path", f.Path);
            j.WriteString("container", f.Container);
            j.WriteNumber("size", f.Size);
            j.WriteNumber("modified", f.Modified);
            j.WriteString("version", f.Version);
            j.WriteString("category", f.Category);
            j.WriteString("dialect", f.Dialect);
            j.WriteNumber("bytes", f.Bytes);
        });
        json.WriteList("unread", plan.Unread, WriteUnread);
        json.WriteStartObject("repeats");
        json.WriteNumber("categories", plan.Repeats.Categories);
        json.WriteNumber("identified", plan.Repeats.Identified);
        json.WriteNumber("collected", plan.Repeats.Collected);
        json.WriteEndObject();
        json.WriteList("boundaries", plan.Boundaries, (j, b) =>
        {
            j.WriteBase64String("user", b.User);
            j.WriteNumber("day", b.Day);
        });
        json.WriteStartArray("map_tasks");
        foreach (PlannedRange[] ranges in plan.MapTasks)
        {
            json.WriteStartObject();
            json.WriteList("ranges", ranges, (j, r) =>
            {
                j.WriteNumber("file", r.File);
                j.WriteNumber("first", r.First);
                j.WriteNumber("end", r.End ?? -1);
            });
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static RunPlan Read(JsonElement e)
    {
        JsonElement repeats = e.GetProperty("repeats");
        return new RunPlan
        {
            Format = e.Int("format"),
            Program = e.Text("program"),
            IsDictionary = e.Flag("is_dictionary"),
            Arguments = e.Texts("arguments"),
            Today = DateOnly.ParseExact(e.Text("today"), DayFormat, CultureInfo.InvariantCulture),
            KeyCheck = e.GetProperty("key_check").GetString(),
            ChunkBytes = e.Int("chunk_bytes"),
            ReduceTasks = e.Int("reduce_tasks"),
            Files = e.List("files", f => new PlannedFile(
                f.Text("path"), f.Text("container"), f.Long("size"), f.Long("modified"), f.Text("category"), f.Text("dialect"), f.Long("bytes"))
            {
                Version = f.GetProperty("version").GetString(),
            }),
            Unread = e.List("unread", ReadUnread),
            Repeats = new PlannedRepeats(
                repeats.GetProperty("categories").GetUInt32(), repeats.GetProperty("identified").GetUInt32(), repeats.GetProperty("collected").GetUInt32()),
            Boundaries = e.List("boundaries", b => new PlannedKey(b.GetProperty("user").GetBytesFromBase64(), b.Int("day"))),
            MapTasks = e.List("map_tasks", t => t.List("ranges", r => new PlannedRange(
                r.Int("file"), r.Int("first"), r.Int("end") is var end && end < 0 ? null : end))),
        };
    }
}
