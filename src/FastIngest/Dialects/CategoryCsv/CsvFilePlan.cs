using FastIngest.Dialects.Contract;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>A CSV file's chunks and its header.</summary>
internal sealed class CsvFilePlan : FilePlan
{
    /// <summary>The header line.</summary>
    public required CsvHeader Header { get; init; }
}
