using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>The closing sentences and figures about the fields of records, and about files all of whose records were rejected.</summary>
internal static class FieldWords
{
    /// <summary>The most findings of one kind in one category that are shown; <c>--stats-json</c> has all of them.</summary>
    private const int MaxShown = 10;

    private const int MaxFiles = 20;

    private const string DateFormsRead =
        "dates that are read: 2024-05-01, 2024-05-01 07:30:15 +0200, 2024-05-01 7:30 AM, and the time since 1970 in seconds, ms, \u00B5s or ns; "
        + "not 03/04/2024, where day and month are unclear";

    public static IEnumerable<string> Sentences(IngestReport report)
    {
        if (report.Categories.Any(c => c.RejectedByReason.ContainsKey(RejectReason.NoDate) || c.RejectedByReason.ContainsKey(RejectReason.AmbiguousDate)))
        {
            yield return DateFormsRead;
        }

        foreach (IGrouping<(Category Category, FindingKind Kind), FieldFinding> group in report.Fields.Where(f => !f.IsAllowed).GroupBy(f => (f.Category, f.Kind)))
        {
            long accepted = report.Categories.Single(c => c.Category == group.Key.Category) is var category ? category.Records - category.Rejected - category.PassedOver - category.Filtered : 0;
            foreach (FieldFinding finding in group.Take(MaxShown))
            {
                yield return Sentence(finding, accepted);
            }

            if (group.Count() > MaxShown)
            {
                yield return $"{group.Key.Category.Name()}: {Figures.Count(group.Count() - MaxShown, "more field")} {Words(group.Key.Kind)}; --stats-json lists them";
            }
        }
    }

    /// <summary>Returns one sentence for each file all of whose records were rejected, with the likeliest cause.</summary>
    public static IEnumerable<string> RejectedFiles(IngestReport report)
    {
        foreach (RejectedFile file in report.RejectedFiles.Take(MaxFiles))
        {
            string all = file.Records == 1 ? "the only record was rejected" : $"all {Figures.Count(file.Records)} records were rejected";
            yield return $"{file.Path}: {all}. The likeliest cause: {Cause(file.Reason)}.";
        }

        if (report.RejectedFiles.Count > MaxFiles)
        {
            yield return $"all records of {Figures.Count(report.RejectedFiles.Count - MaxFiles, "more file")} were rejected; --stats-json lists them.";
        }
    }

    /// <summary>Returns one sentence for each file that was probably cut off.</summary>
    public static IEnumerable<string> CutOff(IngestReport report)
    {
        foreach (string path in report.CutOff.Take(MaxFiles))
        {
            yield return $"{path} ends in the middle of a record or array; it was probably cut off: download it once more";
        }

        if (report.CutOff.Count > MaxFiles)
        {
            yield return $"{Figures.Count(report.CutOff.Count - MaxFiles, "more file")} were probably cut off; the rejects file names them";
        }
    }

    public static void Write(Utf8JsonWriter json, IngestReport report)
    {
        json.WriteStartArray("fields");
        foreach (FieldFinding finding in report.Fields)
        {
            json.WriteStartObject();
            json.WriteString("kind", Name(finding.Kind));
            json.WriteString("category", finding.Category.Name());
            json.WriteString("field", finding.Field);
            json.WriteNumber("records", finding.Records);
            json.WriteBoolean("allowed", finding.IsAllowed);
            if (finding.Suggestion is not null)
            {
                json.WriteString("suggestion", finding.Suggestion);
            }

            if (finding.Example is not null)
            {
                json.WriteString("example", finding.Example);
                json.WriteString("file", finding.File);
                json.WriteNumber("offset", finding.Offset);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rejected_files");
        foreach (RejectedFile file in report.RejectedFiles)
        {
            json.WriteStartObject();
            json.WriteString("file", file.Path);
            json.WriteString("category", file.Category.Name());
            json.WriteNumber("records", file.Records);
            json.WriteString("reason", file.Reason.Name());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Sentence(FieldFinding finding, long accepted)
    {
        if (finding.Field is null)
        {
            return $"{finding.Category.Name()}: {Figures.Count(finding.Records, "field")} with other names {(finding.Records == 1 ? "is" : "are")} counted together: {Words(finding.Kind)}";
        }

        string subject = $"{finding.Category.Name()}: {(finding.Field.Length > 0 ? finding.Field : "\"\"")}";
        string example = finding.Example is null ? "" : $", such as {finding.Example} in {finding.File} at byte {finding.Offset}";

        // The fields of an export that are not read count in one category, also if some of its records have another one.
        string of = finding.Records > accepted ? $"in {Figures.Count(finding.Records, "record")}" : $"in {Figures.Count(finding.Records)} of {Figures.Count(accepted, "record")}";
        return finding.Kind switch
        {
            FindingKind.Unknown => $"{subject} {of} is not a field that is read" + (finding.Suggestion is null ? "" : $"; did you mean {finding.Suggestion}?"),
            FindingKind.Unreadable => $"{subject} is not a number {of}{example}; write a number such as 1250 or 12.5",
            _ => $"{subject} is implausible in {Figures.Count(finding.Records, "record")}{example}; see --implausible",
        };
    }

    private static string Words(FindingKind kind) => kind switch
    {
        FindingKind.Unknown => "not read",
        FindingKind.Unreadable => "without a number",
        _ => "with implausible values",
    };

    private static string Name(FindingKind kind) => kind switch
    {
        FindingKind.Unknown => "unknown",
        FindingKind.Unreadable => "unreadable",
        _ => "implausible",
    };

    private static string Cause(RejectReason reason) => reason switch
    {
        RejectReason.NoUserId => "there is no user_id; --user-id NAME gives every record one user",
        RejectReason.NoDate => "there is no date, date_time or timestamp in a form that is read, such as 2024-05-01 07:30:15",
        RejectReason.AmbiguousDate => "dates are written like 03/04/2024, where day and month are unclear; write 2024-04-03",
        RejectReason.NoValue => "a heart rate or a sample needs a number as its value",
        RejectReason.Implausible => "values are implausible; --implausible keep accepts them",
        RejectReason.TooLarge => "records are larger than --max-record-size",
        RejectReason.InvalidCsv => "the records have other columns than the header line",
        RejectReason.InvalidText => "the text is not UTF-8",
        RejectReason.NotAnObject => "the values have no field names; a record is an object such as {\"user_id\": \"ada\"}",
        RejectReason.InvalidXml => "the file is damaged, or it is not XML",
        RejectReason.InvalidProtobuf => "the file is damaged, or it is not the Protocol Buffers of this program; write it once more with --to protobuf:FILE",
        RejectReason.CutOff => "the file was cut off; download it once more",
        _ => "the file is not JSON, or it is damaged",
    };
}
