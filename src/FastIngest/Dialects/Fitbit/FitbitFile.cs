using System.Buffers;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>The kinds of files in a Fitbit export.</summary>
/// <param name="Layout">The layout of the records.</param>
/// <param name="Categories">The categories of the records besides <see cref="Category.Samples"/>.</param>
internal sealed record FitbitFile(JsonLayout Layout, params Category[] Categories)
{
    private static readonly FitbitFile HeartRate = new(new FitbitHeartRate());
    private static readonly FitbitFile Sleep = new(new FitbitSleep());
    private static readonly FitbitFile Exercise = new(new FitbitExercise(), Category.Workouts);
    private static readonly FitbitFile Weight = new(new FitbitWeight());
    private static readonly FitbitFile Zones = PassedOver("time_in_heart_rate_zones");
    private static readonly FitbitFile SwimLengths = PassedOver("swim_lengths_data");

    private static readonly FitbitFile RestingHeartRate =
        new(new FitbitDailyValue(Metrics.RestingHeartRate, ["value.value"], ["value.date", "value.error"]));

    private static readonly FitbitFile Vo2Max = new(new FitbitDailyValue(
        Metrics.Vo2Max, ["value.filteredDemographicVO2Max", "value.demographicVO2Max"], ["value.filteredDemographicVO2MaxError", "value.demographicVO2MaxError"]));

    private static readonly FitbitFile RunVo2Max = new(new FitbitDailyValue(
        Metrics.Vo2Max, ["value.filteredRunVO2Max", "value.runVO2Max"], ["value.filteredRunVO2MaxError", "value.runVO2MaxError", "value.exerciseId"]));

    /// <summary>The files that only their names distinguish.</summary>
    private static readonly Dictionary<string, FitbitFile> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["steps"] = new(new FitbitSeries(Metrics.Steps, "count", Unzoned.Utc)),
        ["distance"] = new(new FitbitSeries(Metrics.Distance, "cm", Unzoned.Utc)),
        ["calories"] = new(new FitbitSeries(Metrics.TotalEnergy, "kcal", Unzoned.Local)),
        ["sedentary_minutes"] = new(new FitbitSeries(Metrics.SedentaryMinutes, "min", Unzoned.Local, isOfDay: true)),
        ["lightly_active_minutes"] = new(new FitbitSeries(Metrics.LightMinutes, "min", Unzoned.Local, isOfDay: true)),
        ["moderately_active_minutes"] = new(new FitbitSeries(Metrics.ModerateMinutes, "min", Unzoned.Local, isOfDay: true)),
        ["very_active_minutes"] = new(new FitbitSeries(Metrics.VigorousMinutes, "min", Unzoned.Local, isOfDay: true)),

        // The export does not say in which unit the altitude and the height are.
        ["altitude"] = PassedOver("altitude"),
        ["height"] = PassedOver("height"),
    };

    private static readonly SearchValues<char> EndOfKind = SearchValues.Create("-.( 0123456789");

    /// <summary>The folders of an export: of the account archive, and of Google Takeout.</summary>
    private static readonly string[] Folders = ["user-site-export/", "Global Export Data/"];

    /// <summary>Returns the kind of a file; null for a file that belongs to no Fitbit export.</summary>
    /// <param name="head">The first bytes in UTF-8.</param>
    /// <param name="path">The path with <c>/</c>.</param>
    public static FitbitFile? Find(ReadOnlySpan<byte> head, string path)
    {
        HashSet<string> names = FirstObject.PathsOf(head);
        if (names.Contains("user_id"))
        {
            return null;
        }

        if (names.Contains("dateTime") && names.Contains("value"))
        {
            return names.Contains("value.bpm") ? HeartRate
                : names.Contains("value.valuesInZones") ? Zones
                : names.Contains("value.lapDurationSec") ? SwimLengths
                : names.Contains("value.demographicVO2Max") ? Vo2Max
                : names.Contains("value.runVO2Max") ? RunVo2Max
                : names.Contains("value.value") && names.Contains("value.error") ? RestingHeartRate
                : ByName.GetValueOrDefault(KindOf(path)) ?? (IsInExport(path) ? Unknown(path) : null);
        }

        return names.Contains("dateOfSleep") && names.Contains("startTime") ? Sleep
            : names.Contains("activityName") && names.Contains("startTime") && names.Contains("logId") ? Exercise
            : names.Contains("weight") && names.Contains("date") && names.Contains("time") && names.Contains("logId") ? Weight
            : names.Count > 0 && IsInExport(path) ? Unknown(path)
            : null;
    }

    /// <summary>A file whose records are counted by the name of its kind.</summary>
    public static FitbitFile Unknown(string path) => PassedOver(KindOf(path));

    private static FitbitFile PassedOver(string kind) => new(new PassedOverLayout(kind));

    private static bool IsInExport(string path) => Folders.Any(f => path.Contains(f, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of the file up to its date or number: <c>steps-2024-01-01.json</c>, <c>steps.json</c> and <c>steps-2024-01-01(1).json</c> are steps.</summary>
    private static string KindOf(string path)
    {
        ReadOnlySpan<char> name = path.AsSpan(path.LastIndexOf('/') + 1);
        int end = name.IndexOfAny(EndOfKind);
        return (end < 0 ? name : name[..end]).TrimEnd('_').ToString();
    }
}
