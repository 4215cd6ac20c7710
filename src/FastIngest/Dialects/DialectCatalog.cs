using FastIngest.Dialects.CategoryCsv;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Fitbit;
using FastIngest.Dialects.Garmin;
using FastIngest.Dialects.GoogleFit;

namespace FastIngest.Dialects;

/// <summary>The supported dialects. A new dialect needs one folder and one line in this file.</summary>
public static class DialectCatalog
{
    /// <summary>The dialects, in the order in which they are tried on a file.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        new FitbitDialect(),
        new GoogleFitDialect(),
        new GarminDialect(),
        new CategoryJsonDialect(),
        new CategoryCsvDialect(),
    ];
}
