using FastIngest.Storage.Columns;
using FastIngest.Storage.Columns.Arrow;
using FastIngest.Storage.Columns.Csv;
using FastIngest.Storage.Columns.Parquet;
using FastIngest.Storage.Exports.Records;
using FastIngest.Targets;

namespace FastIngest.Storage.Exports;

/// <summary>The formats of columns, and a target for each.</summary>
internal static class ColumnTargets
{
    private static readonly ColumnFormat[] Formats = [ParquetColumnWriter.Format, ArrowColumnWriter.Format, CsvColumnWriter.Format];

    public static IEnumerable<TargetKind> Kinds => Formats.Select(format => new TargetKind
    {
        Prefixes = [format.Name + ":"],
        Forms = [$"{format.Name}:DIR"],
        IsFile = true,
        FileOf = place => ColumnFile.PathOf(format, SummaryRows.Table, Checked(format, place)),
        FileEndings = [format.Ending],
        HasStandardOutput = true,
        Summaries = (target, options) => new ColumnSink(
            format, target.Rest, options.OpenStandardOutput, options.TakesRecords && target.Has(TargetCapability.Records) ? new RecordFiles(format, target.Rest, options.TempDirectory) : null),
        Records = true,
        RecordFilesOf = place => RecordFiles.PathsOf(format, place),
    });

    /// <summary>Returns a format by its name in the options of an export.</summary>
    public static ColumnFormat Of(ExportFormat format, bool isForSpreadsheets) => format switch
    {
        ExportFormat.Parquet => ParquetColumnWriter.Format,
        ExportFormat.Arrow => ArrowColumnWriter.Format,
        _ => isForSpreadsheets ? CsvColumnWriter.SpreadsheetFormat : CsvColumnWriter.Format,
    };

    /// <summary>Returns a place; its name must not end like a file of another format, because a folder of that name is not what anybody means.</summary>
    /// <exception cref="IngestException">It does, and there is no such folder.</exception>
    public static string Checked(ColumnFormat format, string place)
    {
        ColumnFormat? other = Formats.FirstOrDefault(f => f.Name != format.Name && place.EndsWith(f.Ending, StringComparison.OrdinalIgnoreCase));
        return other is null || Directory.Exists(place) ? place : throw new IngestException(
            $"{place} has the ending of {other.Name}, but the format is {format.Name}.", $"Name {Path.ChangeExtension(place, format.Ending)}, or a folder, or choose the format {other.Name}.");
    }
}
