namespace FastIngest.Generate.Exports;

/// <summary>The programs whose exports can be generated.</summary>
public enum ExportProgram
{
    Apple,
    Fitbit,
    GoogleFit,
    HealthAutoExport,
    Fhir,
    OpenMHealth,
    Garmin,
}

/// <summary>The kinds of exports by program.</summary>
internal static class ExportCatalog
{
    public static ExportKind Find(ExportProgram program) => program switch
    {
        ExportProgram.Apple => new AppleExport(),
        ExportProgram.Fitbit => new FitbitExport(),
        ExportProgram.GoogleFit => new GoogleFitExport(),
        ExportProgram.HealthAutoExport => new HealthAutoExportExport(),
        ExportProgram.Fhir => new FhirExport(),
        ExportProgram.OpenMHealth => new OpenMHealthExport(),
        ExportProgram.Garmin => new GarminExport(),
        _ => throw new ArgumentOutOfRangeException(nameof(program)),
    };
}
