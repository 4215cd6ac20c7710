using FastIngest.Dialects.CategoryCsv;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Dialects.Contract;

namespace FastIngest.Dialects;

/// <summary>The dialects that are known. A new one is one folder and one line here.</summary>
public static class DialectCatalog
{
    /// <summary>In the order in which they are asked.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        new CategoryJsonDialect(),
        new CategoryCsvDialect(),
    ];
}
