using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>The sample of the design document, whose expected rows were created independently.</summary>
public sealed class LexiconSampleTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "data", "lexicon");

    [Fact]
    public void The_sample_gives_exactly_its_rows()
    {
        EntryCleaner cleaner = new();
        TextBuffer buffer = new();
        HashSet<UInt128> keys = [];
        HashSet<string> checksums = [];
        List<string> actual = [];
        int number = 0;
        foreach (byte[] line in File.ReadAllBytes(Path.Combine(Folder, "entries.jsonl")).SplitLines())
        {
            number++;
            byte[] record = line.AsSpan().Trim(" \t\r"u8).ToArray();
            byte[] checksum = SHA256.HashData(record);
            if (cleaner.Clean(line) == CleaningStatus.Valid && checksums.Add(Convert.ToHexString(checksum))
                && cleaner.QualityHundredths >= 50 && keys.Add(DuplicateKey.Of(cleaner, buffer)))
            {
                actual.Add(Row(cleaner, checksum, number));
            }
        }

        Assert.Equal(File.ReadAllLines(Path.Combine(Folder, "expected.ndjson")), actual);
    }

    private static string Row(EntryCleaner cleaner, byte[] checksum, int number)
    {
        StringBuilder row = new($"{{\"id\": \"{EntryId.Create("sample", checksum)}\", \"source_id\": \"sample\"");
        foreach (EntryColumn column in Enum.GetValues<EntryColumn>())
        {
            row.Append(CultureInfo.InvariantCulture, $", \"{column.Name()}\": {(cleaner.IsNull(column) ? "null" : Quoted(cleaner.Text(column)))}");
        }

        IEnumerable<string> errors = EntryErrorNames.All.Where((_, i) => ((int)cleaner.Errors & (1 << i)) != 0).Select(n => $"\"{n}\"");
        string quality = (cleaner.QualityHundredths / 100m).ToString("0.0#", CultureInfo.InvariantCulture);
        return row.Append(CultureInfo.InvariantCulture, $", \"quality\": {quality}, \"errors\": [{string.Join(", ", errors)}], \"line_number\": {number}}}").ToString();
    }

    private static string Quoted(ReadOnlySpan<byte> text)
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        FastIngest.Json.JsonText.Write(output, text);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
