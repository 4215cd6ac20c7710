using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.Garmin;

/// <summary>The JSON files of a Garmin Connect export; docs/dialects/garmin.md describes them.</summary>
public sealed class GarminDialect : ExportDialect
{
    private const string Activities = "summarizedActivitiesExport";

    private static readonly GarminActivity Activity = new();
    private static readonly GarminDay Day = new();
    private static readonly GarminSleep Sleep = new();
    private static readonly PassedOverLayout Unknown = new("record of an unknown kind");

    public override string Name => "garmin";

    public override string Program => "Garmin Connect";

    public override IReadOnlyList<string> Endings => [];

    public override string FileNames => "*_summarizedActivities.json, UDSFile_*.json, *_sleepData.json";

    public override string Contents => "workouts, daily steps, distance, energy, active minutes and resting heart rate, sleep";

    /// <summary>An activity has an id, which decides whether two records are one.</summary>
    public override uint IdentifiedCategories => 1u << (int)Category.Workouts;

    /// <summary>The source of all samples.</summary>
    internal static ReadOnlySpan<byte> Source => "Garmin"u8;

    public override bool Recognises(ReadOnlySpan<byte> head, string path) =>
        (FirstObject.MayHave(head, "summarizedActivitiesExport"u8) && WrappedArray.Find(head, Activities).First is not null) || LayoutOf(head) is not null;

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        if (WrappedArray.Find(window.Bytes, Activities).First is { } first)
        {
            return JsonExportPlan.At(
                this, file, new FramePosition(first, FrameState.Wrapped), Activity, [Category.Workouts], chunkBytes, maxRecordBytes, findNext: WrappedArray.Finish);
        }

        return JsonExportPlan.At(this, file, FileHead.Find(window.Bytes), LayoutOf(window.Bytes) ?? Unknown, [Category.Sleep], chunkBytes, maxRecordBytes);
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new JsonExportReader(maxRecordBytes);

    /// <summary>Returns the layout of an array of days or nights; null for other files.</summary>
    private static JsonLayout? LayoutOf(ReadOnlySpan<byte> head)
    {
        HashSet<string> names = FirstObject.MayHave(head, "calendarDate"u8) ? FirstObject.PathsOf(head) : [];
        return !names.Contains("calendarDate") || names.Contains("user_id") ? null
            : names.Contains("sleepStartTimestampGMT") || names.Contains("sleepWindowConfirmationType") ? Sleep
            : names.Contains("totalSteps") || names.Contains("totalKilocalories") || names.Contains("includesWellnessData") ? Day
            : null;
    }
}
