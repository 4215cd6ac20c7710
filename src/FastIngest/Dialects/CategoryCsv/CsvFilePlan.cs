using FastIngest.Dialects.Contract;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>The chunks and the header of a CSV file.</summary>
internal sealed class CsvFilePlan : FilePlan
{
    /// <summary>The header line.</summary>
    public required CsvHeader Header { get; init; }
}
