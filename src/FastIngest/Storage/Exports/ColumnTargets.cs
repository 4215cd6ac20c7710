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
    public static IEnumerable<TargetKind> Kinds => ((ColumnFormat[])[ParquetColumnWriter.Format, ArrowColumnWriter.Format, CsvColumnWriter.Format]).Select(format => new TargetKind
    {
        Prefixes = [format.Name + ":"],
        Forms = [$"{format.Name}:DIR"],
        IsFile = true,
        FileOf = place => ColumnFile.PathOf(format, SummaryRows.Table, place),
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
}
