using System.Text;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.Tasks;
using FastIngest.Shuffle.Shared;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline.Tasks;

/// <summary>The entries of a map task come back as they were, and no wrong byte in their file stays unseen.</summary>
public sealed class EntryPieceTests : IDisposable
{
    private const int MaxRecordBytes = 200;

    private static readonly string Lines =
        "\uFEFF{\"word\": \"Fuchs\", \"lang_code\": \"de\", \"pos\": \"noun\", \"sounds\": [{\"ipa\": \"/fʊks/\"}], \"senses\": [{\"glosses\": [\"fox\", \"a\\u0000b\"]}]}\r\n"
        + "\n \t\n{\"word\": 5}\nnothing\n[1]\n{\"word\": \"b\", \"lang_code\": \"de\", \"x\": \"" + new string('y', 300) + "\"}\n"
        + "{\"title\": \"a\", \"redirect\": \"b\"}\n\n{\"word\": \"z\", \"lang\": \"German\", \"etymology\": \"old\"}";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _run = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_and_entries_come_back()
    {
        string path = _folder.File("entries");
        EntryBatch[] batches = Batches();
        long length = Write(path, batches);
        Assert.Equal(new FileInfo(path).Length, length);
        using EntryPieceReader whole = Reader(path);
        whole.RequireWhole(length);
        Assert.Equal(string.Concat(batches.Select(Describe)), Read(path));
        Assert.Equal(7, batches.Sum(b => b.RowCount));
    }

    [Fact]
    public void A_wrong_byte_anywhere_is_an_error_that_names_the_file()
    {
        string path = _folder.File("entries");
        long length = Write(path, Batches());
        WrongBytes.AreNoticed(path, 13, () => Read(path));
        using EntryPieceReader whole = Reader(path);
        Assert.StartsWith(path, Assert.Throws<IngestException>(() => whole.RequireWhole(length)).Message, StringComparison.Ordinal);
    }

    /// <summary>Wherever a file is divided, its ranges have each record once, with the offset and, in all, the lines of the whole.</summary>
    [Fact]
    public void Ranges_that_follow_one_another_have_every_line_once()
    {
        string path = _folder.File("a.jsonl");
        File.WriteAllText(path, Lines);
        List<string> whole = Records([(0, null)]);
        Assert.Equal(7, whole.Count);
        long length = new FileInfo(path).Length;
        for (long border = 1; border <= length + 1; border++)
        {
            Assert.Equal(whole, Records([(0, border), (border, null)]));
            Assert.Equal(whole, Records([(0, border / 2), (border / 2, border), (border, null)]));
        }

        List<string> Records((long From, long? To)[] borders)
        {
            LexiconOptions options = new() { Source = "w", Path = path, MaxRecordBytes = MaxRecordBytes };
            List<string> records = [];
            long lines = 0;
            foreach ((long from, long? to) in borders)
            {
                using SourceFile file = SourceFile.Open(path, IoMode.Pread);
                using FileFeed feed = new([FileRange.LinesIn(file, 0, from, to)], options);
                using LargeRecords large = new(MaxRecordBytes);
                EntryBatch batch = new(LargeRecords.PieceBytes);
                while (feed.Fill(batch, large, CancellationToken.None))
                {
                    foreach (ref readonly EntryRow row in batch.Rows)
                    {
                        records.Add($"{row.Offset} {row.LineNumber + lines} {row.FileLength} {row.Reason} {Encoding.UTF8.GetString(batch.Raw(row))}");
                    }

                    large.Reset(batch);
                }

                lines += feed.Lines[0];
            }

            return records;
        }
    }

    /// <summary>The records of <see cref="Lines"/>, cleaned, two in a batch.</summary>
    private EntryBatch[] Batches()
    {
        string path = _folder.File("a.jsonl");
        File.WriteAllText(path, Lines);
        LexiconOptions options = new() { Source = "w", Path = path, MaxRecordBytes = MaxRecordBytes, CleanBatch = 2 };
        using SourceFile file = SourceFile.Open(path, IoMode.Pread);
        using FileFeed feed = new([new FileRange(file, 4)], options);
        using LargeRecords large = new(MaxRecordBytes);
        List<EntryBatch> batches = [];
        BatchCleaner cleaner = new(options.Source);
        for (EntryBatch batch = new(LargeRecords.PieceBytes); feed.Fill(batch, large, CancellationToken.None); batch = new EntryBatch(LargeRecords.PieceBytes))
        {
            cleaner.Clean(batch, CancellationToken.None);
            batches.Add(batch);
        }

        return [.. batches];
    }

    private EntryPieceReader Reader(string path) => new(path, () => new LocalSharedFile(path), _run, 3);

    private string Read(string path)
    {
        StringBuilder text = new();
        using EntryPieceReader reader = Reader(path);
        using LargeRecords large = new(MaxRecordBytes);
        EntryBatch batch = new(inputCapacity: 16);
        while (reader.Fill(batch, large, CancellationToken.None))
        {
            text.Append(Describe(batch));
            batch.Reset();
        }

        return text.ToString();
    }

    private long Write(string path, EntryBatch[] batches)
    {
        using EntryPieceWriter writer = new(new LocalSharedOutput(path), _run, 3);
        Array.ForEach(batches, writer.Write);
        writer.Complete();
        return writer.Length;
    }

    private static string Describe(EntryBatch batch)
    {
        StringBuilder text = new();
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            text.Append($"{batch.FileIndex} {row.FileLength} {row.Offset} {row.LineNumber} {row.Status} {row.Reason} {Convert.ToHexString(row.Checksum)} {row.Id} {row.Key} {row.Errors} ");
            text.Append($"{row.QualityHundredths} {row.IsRedirect} {row.RemovedNuls} {Encoding.UTF8.GetString(batch.Raw(row))}");
            for (int column = 0; column < EntryTextRefs.Count; column++)
            {
                text.Append($"|{row.IsLoaded && row.Texts[column].IsNull}{Encoding.UTF8.GetString(row.Status == CleaningStatus.Valid ? batch.Text(row, (EntryColumn)column) : [])}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
