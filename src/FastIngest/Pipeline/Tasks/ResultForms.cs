using System.Text.Json;
using FastIngest.Json;
using FastIngest.Pipeline.Map;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Tasks;

/// <summary>The forms of the files in which tasks and steps leave their results.</summary>
internal static class ResultForms
{
    public static JsonForm<MapResult> Map { get; } = new(WriteMap, ReadMap);

    public static JsonForm<EntryMapResult> EntryMap { get; } = new(
        (json, m) =>
        {
            json.WriteString("run", m.Run);
            json.WriteNumber("task", m.Task);
            json.WriteString("piece", m.Piece);
            json.WriteNumber("piece_bytes", m.PieceBytes);
            json.WriteList("ranges", m.Ranges, (j, r) =>
            {
                j.WriteNumber("file", r.File);
                j.WriteNumber("lines", r.Lines);
                j.WriteNumber("records", r.Records);
            });
        },
        e => new EntryMapResult(
            e.Text("run"), e.Int("task"), e.Text("piece"), e.Long("piece_bytes"),
            e.List("ranges", r => new EntryRangeResult(r.Int("file"), r.Long("lines"), r.Long("records")))));

    public static JsonForm<CheckResult> Check { get; } = new(
        (json, c) =>
        {
            json.WriteString("run", c.Run);
            json.WriteTexts("manifests", c.Manifests);
            json.WriteTexts("spills", c.Spills);
            json.WriteList("ends", c.Ends, (j, end) =>
            {
                j.WriteNumber("file", end.File);
                j.WriteNumber("length", end.Length);
                j.WriteBoolean("is_cut_off", end.IsCutOff);
                j.WriteList("unread", end.Unread, PlanForm.WriteUnread);
            });
            json.WriteNumbers("redone", Array.ConvertAll(c.Redone, r => (long)r));
        },
        e => new CheckResult(
            e.Text("run"),
            e.Texts("manifests"),
            e.Texts("spills"),
            e.List("ends", end => new FileEnd(end.Int("file"), end.Long("length"), end.Flag("is_cut_off"), end.List("unread", PlanForm.ReadUnread))),
            Array.ConvertAll(e.Numbers("redone"), r => (int)r)));

    public static JsonForm<ReduceResult> Reduce { get; } = new(
        (json, r) =>
        {
            json.WriteString("run", r.Run);
            json.WriteNumber("task", r.Task);
            json.WriteString("part", r.Part);
            json.WriteNumber("part_bytes", r.PartBytes);
            json.WriteNumber("rows", r.Rows);
            json.WriteNumbers("aggregated", r.Aggregated);
            json.WriteNumbers("repeated", r.Repeated);
            json.WriteNumber("left_out", r.LeftOut);
        },
        e => new ReduceResult(
            e.Text("run"), e.Int("task"), e.Text("part"), e.Long("part_bytes"), e.Long("rows"), e.Numbers("aggregated"), e.Numbers("repeated"), e.Long("left_out")));

    public static JsonForm<FinishResult> Finish { get; } = new(
        (json, f) =>
        {
            json.WriteString("run", f.Run);
            json.WriteNumber("rows", f.Rows);
        },
        e => new FinishResult(e.Text("run"), e.Long("rows")));

    private static void WriteMap(Utf8JsonWriter json, MapResult map)
    {
        json.WriteString("run", map.Run);
        json.WriteNumber("task", map.Task);
        json.WriteString("spill", map.Spill);
        json.WriteNumber("spill_bytes", map.SpillBytes);
        if (map.Rejects is { } rejects)
        {
            json.WriteStartObject("rejects");
            json.WriteString("file", rejects.File);
            json.WriteNumber("bytes", rejects.Bytes);
            json.WriteNumber("check", rejects.Check);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("rejects");
        }

        json.WriteString("record_file", map.RecordFile);
        json.WriteNumber("record_file_bytes", map.RecordFileBytes);
        json.WriteList("ranges", map.Ranges, (j, r) =>
        {
            j.WriteNumber("file", r.FileIndex);
            j.WriteNumber("first", r.FirstChunk);
            WritePosition(j, "start", r.Start);
            WritePosition(j, "end", r.End);
        });
        json.WriteNumbers("records", map.Records);
        json.WriteNumbers("filtered", map.Filtered);
        json.WriteNumber("passed_over", map.PassedOver);
        json.WriteNumber("utc_stamps", map.UtcStamps);
        json.WriteBoolean("has_unnamed_user", map.HasUnnamedUser);
        json.WriteList("findings", map.Findings, (j, f) =>
        {
            WriteCounts(j, "unknown", f.Unknown);
            WriteCounts(j, "unreadable", f.Unreadable);
            WriteCounts(j, "implausible", f.Implausible);
            WriteCounts(j, "passed_over", f.PassedOver);
        });
        json.WriteList("outcomes", map.Outcomes, (j, o) =>
        {
            j.WriteNumber("file", o.File);
            j.WriteNumber("records", o.Records);
            j.WriteNumbers("rejected", o.Rejected);
        });
        json.WriteList("unread", map.Unread, PlanForm.WriteUnread);
    }

    private static MapResult ReadMap(JsonElement e) => new()
    {
        Run = e.Text("run"),
        Task = e.Int("task"),
        Spill = e.Text("spill"),
        SpillBytes = e.Long("spill_bytes"),
        Rejects = e.Optional("rejects") is { } rejects ? new JournalInfo(rejects.Text("file"), rejects.Long("bytes"), rejects.GetProperty("check").GetUInt64()) : null,
        RecordFile = e.Optional("record_file")?.GetString(),
        RecordFileBytes = e.Long("record_file_bytes"),
        Ranges = e.List("ranges", r => new RangeOutcome(r.Int("file"), r.Int("first"), ReadPosition(r, "start"), ReadPosition(r, "end"))),
        Records = e.Numbers("records"),
        Filtered = e.Numbers("filtered"),
        PassedOver = e.Long("passed_over"),
        UtcStamps = e.Long("utc_stamps"),
        HasUnnamedUser = e.Flag("has_unnamed_user"),
        Findings = e.List("findings", f => new FindingCounts(ReadCounts(f, "unknown"), ReadCounts(f, "unreadable"), ReadCounts(f, "implausible"), ReadCounts(f, "passed_over"))),
        Outcomes = e.List("outcomes", o => new OutcomeCounts(o.Int("file"), o.Long("records"), o.Numbers("rejected"))),
        Unread = e.List("unread", PlanForm.ReadUnread),
    };

    private static void WriteCounts(Utf8JsonWriter json, string name, CountsOfNames counts)
    {
        json.WriteStartObject(name);
        json.WriteList("names", counts.Names, (j, n) =>
        {
            j.WriteBase64String("name", n.Name);
            j.WriteNumber("count", n.Count);
            j.WriteNumber("file", n.File);
            j.WriteNumber("offset", n.Offset);
            j.WriteBase64String("example", n.Example);
        });
        json.WriteNumber("others", counts.Others);
        json.WriteEndObject();
    }

    private static CountsOfNames ReadCounts(JsonElement parent, string name)
    {
        JsonElement e = parent.GetProperty(name);
        return new CountsOfNames(
            e.List("names", n => new NameCount(n.GetProperty("name").GetBytesFromBase64())
            {
                Count = n.Long("count"),
                File = n.Int("file"),
                Offset = n.Long("offset"),
                Example = n.GetProperty("example").GetBytesFromBase64(),
            }),
            e.Long("others"));
    }

    private static void WritePosition(Utf8JsonWriter json, string name, FramePosition? position)
    {
        if (position is { } known)
        {
            json.WriteNumbers(name, [known.Offset, (long)known.State]);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static FramePosition? ReadPosition(JsonElement e, string name) =>
        e.Optional(name) is null ? null : e.Numbers(name) is [var offset, var state] ? new FramePosition(offset, (FrameState)state) : throw new JsonException($"{name} is no position");
}
