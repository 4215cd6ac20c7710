using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.GoogleFit;

/// <summary>The Google Fit part of Google Takeout: the files of data points and of sessions; docs/dialects/google-fit.md describes them.</summary>
public sealed class GoogleFitDialect : ExportDialect
{
    private const string Points = "Data Points", Source = "Data Source";

    private static readonly GoogleFitSession Session = new();

    public override string Name => "google-fit";

    public override string Program => "Google Fit";

    public override IReadOnlyList<string> Endings => [];

    public override string FileNames => "the JSON files of Takeout/Fit/All Data and Takeout/Fit/All Sessions";

    public override string Contents => "steps, distance, energy, heart rate, weight, height, sleep stages, blood pressure, glucose, oxygen, water, food, workouts";

    public override bool Recognises(ReadOnlySpan<byte> head, string path)
    {
        if (!FirstObject.MayHave(head, "Data Points"u8, "fitnessActivity"u8))
        {
            return false;
        }

        WrappedArray found = WrappedArray.Find(head, Points);
        return IsPoints(found) || IsSession(found);
    }

    public override FilePlan Plan(SourceFile file, string path, int chunkBytes, int maxRecordBytes)
    {
        using FileWindow window = new();
        window.Attach(file);
        window.MoveTo(0, HeadBytes);
        WrappedArray found = WrappedArray.Find(window.Bytes, Points);
        if (IsPoints(found))
        {
            GoogleFitPoints points = new(found.Texts.GetValueOrDefault(Source, ""));
            return JsonExportPlan.At(
                this, file, new FramePosition(found.First!.Value, FrameState.Wrapped), points, [Category.Nutrition], chunkBytes, maxRecordBytes, findNext: WrappedArray.Finish);
        }

        // A session is the whole file: the array of segments in it is no list of records.
        FramePosition start = new(window.Bytes.StartsWith("\uFEFF"u8) ? 3 : 0, FrameState.Top);
        JsonLayout layout = IsSession(found) ? Session : new PassedOverLayout("record of an unknown kind");
        return JsonExportPlan.At(this, file, start, layout, [Category.Workouts], chunkBytes, maxRecordBytes);
    }

    private protected override ExportReader CreateReader(int maxRecordBytes) => new JsonExportReader(maxRecordBytes);

    private static bool IsPoints(WrappedArray found) => found.First is not null && found.Names.Contains(Source);

    private static bool IsSession(WrappedArray found) => found.Names.Contains("fitnessActivity") && found.Names.Contains("startTime");
}
