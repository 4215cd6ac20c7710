namespace FastIngest.Generate.Exports;

/// <summary>The programs whose exports can be generated.</summary>
public enum ExportProgram
{
    Apple,
}

/// <summary>The kinds of exports by program.</summary>
internal static class ExportCatalog
{
    public static ExportKind Find(ExportProgram program) => program switch
    {
        ExportProgram.Apple => new AppleExport(),
        _ => throw new ArgumentOutOfRangeException(nameof(program)),
    };
}
