using FastIngest.Dialects.AppleHealth;
using FastIngest.Dialects.CategoryCsv;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Fhir;
using FastIngest.Dialects.Fitbit;
using FastIngest.Dialects.Garmin;
using FastIngest.Dialects.GoogleFit;
using FastIngest.Dialects.HealthAutoExport;
using FastIngest.Dialects.OpenMHealth;
using FastIngest.Dialects.Protobuf;

namespace FastIngest.Dialects;

/// <summary>The supported dialects. A new dialect needs one folder and one line in this file.</summary>
public static class DialectCatalog
{
    /// <summary>The dialects, in the order in which they are tried on a file.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        new ProtobufDialect(),
        new AppleHealthDialect(),
        new FitbitDialect(),
        new HealthAutoExportDialect(),
        new FhirDialect(),
        new OpenMHealthDialect(),
        new GoogleFitDialect(),
        new GarminDialect(),
        new CategoryJsonDialect(),
        new CategoryCsvDialect(),
    ];
}
