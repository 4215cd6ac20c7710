using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Fitbit;

/// <summary>The JSON files of a Fitbit account archive and of the Fitbit part of Google Takeout; docs/dialects/fitbit.md describes them.</summary>
public sealed class FitbitDialect : ExportDialect
{
    public override string Name => "fitbit";

    public override string Program => "Fitbit";

    public override IReadOnlyList<string> Endings => [];

    public override string FileNames => "heart_rate-*.json, steps-*.json, sleep-*.json, exercise-*.json, weight-*.json and others";

    public override string Contents => "heart rate, resting heart rate, steps, distance, energy, active minutes, VO2 max, sleep stages, weight, workouts";

    /// <summary>An exercise has an id, which decides whether two records are one.</summary>
    public override uint IdentifiedCategories => 1u << (int)Category.Workouts;

    /// <summary>The source of all samples.</summary>
    internal static ReadOnlySpan<byte> Source => "Fitbit"u8;

    public override bool Recognises(ReadOnlySpan<byte> head, string path) => FitbitFile.Find(head, path) is not null;

    public override string? ReasonNotRead(ReadOnlySpan<byte> head) =>
        FitbitTable.Is(head) ? "it is a table of a Fitbit export, of which the JSON files are read" : null;

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        FitbitFile kind = FitbitFile.Find(window.Bytes, path) ?? FitbitFile.Unknown(path);
        return JsonExportPlan.At(this, file, FileHead.Find(window.Bytes), kind.Layout, kind.Categories, chunkBytes, maxRecordBytes);
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new JsonExportReader(maxRecordBytes);
}
