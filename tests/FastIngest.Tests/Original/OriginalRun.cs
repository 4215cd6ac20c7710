using System.Globalization;
using System.Text;
using System.Text.Json;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Original;

namespace FastIngest.Tests.Original;

/// <summary>One run of the reference, with everything it gave kept as text.</summary>
internal sealed class OriginalRun
{
    private readonly List<string> _lines = [], _users = [];

    private OriginalRun(OriginalResult result)
    {
        Rejects = result.Rejects;
        Categories = result.Categories;
        Batches = [.. result.Batches];
        foreach (SummaryBatch batch in Batches)
        {
            foreach (ref readonly UserProfile user in batch.Users)
            {
                _users.Add(Encoding.UTF8.GetString(batch.Text(user.UserId)));
            }

            foreach (ref readonly DailySummary row in batch.Rows)
            {
                AssertPartsAddUp(batch, row);
                _lines.Add(Render(batch, row));
            }
        }
    }

    public IReadOnlyList<OriginalReject> Rejects { get; }

    public IReadOnlyList<CategoryReport> Categories { get; }

    public IReadOnlyList<SummaryBatch> Batches { get; }

    /// <summary>The rows as the ndjson sink prints them.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public IReadOnlyList<string> Users => _users;

    public JsonElement Row(int index) => JsonDocument.Parse(_lines[index]).RootElement;

    public string Summary(int index) => Row(index).GetProperty("summary").GetString()!;

    /// <summary>Every reject as <c>reason@offset+length:line</c>.</summary>
    public string RejectsText => string.Join(" ", Rejects.Select(r => $"{r.Reason.Name()}@{r.Offset}+{r.Length}:{r.Line}"));

    public static OriginalRun Of(Category category, string text, int maxRecordBytes = 16 << 20) => Of(category, Encoding.UTF8.GetBytes(text), maxRecordBytes);

    public static OriginalRun Of(Category category, byte[] bytes, int maxRecordBytes = 16 << 20) => Of([(category, bytes)], maxRecordBytes);

    public static OriginalRun Of(IEnumerable<(Category Category, byte[] Bytes)> files, int maxRecordBytes = 16 << 20)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fastingest-");
        try
        {
            List<(string, Category)> paths = [];
            foreach ((Category category, byte[] bytes) in files)
            {
                paths.Add((Path.Combine(folder.FullName, $"{category.Name()}-{paths.Count}.json"), category));
                File.WriteAllBytes(paths[^1].Item1, bytes);
            }

            return new(OriginalIngest.Read(paths, maxRecordBytes, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static OriginalRun OfFolder(string folder) => new(OriginalIngest.Read(
        [.. Directory.EnumerateFiles(folder).Select(path => (path, Of: Health.Categories.OfFile(Path.GetFileName(path))))
            .Where(f => f.Of is not null).Select(f => (f.path, f.Of!.Value))
            .OrderBy(f => f.Value).ThenBy(f => f.path, StringComparer.Ordinal)],
        16 << 20,
        TestContext.Current.CancellationToken));

    /// <summary>A folder of tests/data.</summary>
    public static string Data(params string[] names)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "FastIngest.sln")))
        {
            at = at.Parent;
        }

        return Path.Combine([at.FullName, "tests", "data", .. names]);
    }

    private static void AssertPartsAddUp(SummaryBatch batch, in DailySummary row)
    {
        int sum = 0;
        for (int c = 0; c < Health.Categories.Count; c++)
        {
            Assert.True(row.Parts[c] == 0 || c == 0 || row.Has((Category)c));
            ReadOnlySpan<byte> part = batch.Text(row.Texts[TextSlot.Summary]).Slice(sum, row.Parts[c]);
            Assert.True(c == 0 || part.IsEmpty || part[0] == ' ');
            sum += row.Parts[c];
        }

        Assert.Equal(row.Texts[TextSlot.Summary].Length, sum);
    }

    private static string Render(SummaryBatch batch, in DailySummary row)
    {
        List<string> fields = [];
        foreach (SummaryColumn column in SummaryColumn.All)
        {
            double number = column.Kind is ColumnKind.Count or ColumnKind.Number ? row.Numbers[column.Slot] : 0;
            TextRef text = column.Kind is ColumnKind.Text or ColumnKind.Json ? row.Texts[column.Slot] : TextRef.Null;
            string value = column.Kind switch
            {
                ColumnKind.Date => $"\"{DateOnly.FromDayNumber(row.Day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\"",
                ColumnKind.Count => ((long)number).ToString(CultureInfo.InvariantCulture),
                ColumnKind.Number => double.IsNaN(number) ? "null" : Repr(number),
                ColumnKind.Json when !text.IsNull => Encoding.UTF8.GetString(batch.Text(text)),
                ColumnKind.Text when !text.IsNull => Quote(Encoding.UTF8.GetString(batch.Text(text))),
                _ => "null",
            };
            fields.Add($"\"{column.Name}\": {value}");
        }

        return "{" + string.Join(", ", fields) + "}";
    }

    private static string Repr(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (!text.Contains('E', StringComparison.Ordinal))
        {
            return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
        }

        // Python goes over to exponents at 1e16, .NET at 1e15.
        return Math.Abs(value) is >= 1e15 and < 1e16 ? value.ToString("F1", CultureInfo.InvariantCulture) : text.Replace('E', 'e');
    }

    private static string Quote(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            int at = "\"\\\n\r\t\f\b".IndexOf(c, StringComparison.Ordinal);
            json.Append(at >= 0 ? $"\\{"\"\\nrtfb"[at]}" : c < ' ' ? $"\\u{(int)c:x4}" : c.ToString());
        }

        return json.Append('"').ToString();
    }
}
