using System.Security.Cryptography;
using System.Text.Json;
using FastIngest.Generate;
using FastIngest.Generate.Entries;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Generate;

/// <summary>The generated dictionary is the same on every machine and similar to real ones.</summary>
public sealed class EntryGeneratorTests
{
    [Theory]
    [InlineData(0.0, "6955")]
    [InlineData(0.1, "63ef")]
    public void The_same_options_give_the_same_bytes_on_every_machine(double quirks, string sha256) =>
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(Make(o => o with { Entries = 1_000, Seed = 42, QuirkRate = quirks })))[..sha256.Length]);

    [Fact]
    public void Workers_have_no_influence_on_the_bytes_and_more_entries_are_only_appended()
    {
        byte[] one = Make(o => o with { Entries = 2_000, Workers = 1, QuirkRate = 0.05 });
        Assert.Equal(one, Make(o => o with { Entries = 2_000, Workers = 5, QuirkRate = 0.05 }));
        Assert.Equal(one, Make(o => o with { Entries = 2_500, Workers = 2, QuirkRate = 0.05 })[..one.Length]);
        Assert.NotEqual(one, Make(o => o with { Entries = 2_000, Workers = 1, QuirkRate = 0.05, Seed = 2 }));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_000)]
    [InlineData(11_000)]
    public void Lines_have_about_the_requested_mean_length(int meanBytes)
    {
        byte[][] lines = [.. Make(o => o with { Entries = 4_000, MeanBytes = meanBytes }).SplitLines()];
        Assert.Equal(4_000, lines.Length);
        Assert.InRange(lines.Average(l => l.Length), meanBytes * 0.9, meanBytes * 1.25);
        Assert.True(lines.Max(l => l.Length) > 5 * meanBytes);
    }

    [Fact]
    public void Entries_are_valid_in_many_languages_and_some_are_repeated()
    {
        Summary summary = Summarize(Make(o => o with { Entries = 10_000 }));
        Assert.Equal(0, summary.Rejected + summary.Invalid);
        Assert.InRange(summary.Repeated, 50, 200);
        Assert.InRange(summary.Duplicates, 50, 200);
        Assert.Equal(20, summary.Languages);
        Assert.InRange(summary.FullQuality, 9_000, 10_000);
    }

    [Fact]
    public void Quirks_produce_lines_of_every_kind_and_do_not_change_other_lines()
    {
        Summary summary = Summarize(Make(o => o with { Entries = 10_000, QuirkRate = 0.2 }));
        Assert.Equal(10_000, summary.Lines);
        Assert.InRange(summary.Rejected, 600, 1_300);
        Assert.InRange(summary.Invalid, 100, 400);
        Assert.InRange(summary.Nuls, 80, 400);
    }

    [Fact]
    public void Options_out_of_range_are_rejected()
    {
        Assert.Throws<IngestException>(() => Make(o => o with { Entries = -1 }));
        Assert.Throws<IngestException>(() => Make(o => o with { MeanBytes = 10 }));
        Assert.Throws<IngestException>(() => Make(o => o with { QuirkRate = 1.5 }));
        Assert.Empty(Make(o => o with { Entries = 0 }));
    }

    private static byte[] Make(Func<EntryOptions, EntryOptions> change)
    {
        using TemporaryFolder folder = new(inMemory: true);
        GeneratorResult result = EntryGenerator.Generate(change(new EntryOptions { Directory = folder.Path }), null, CancellationToken.None);
        return File.ReadAllBytes(Assert.Single(result.Files).Path);
    }

    private static Summary Summarize(byte[] file)
    {
        EntryCleaner cleaner = new();
        TextBuffer buffer = new();
        HashSet<string> checksums = [];
        HashSet<UInt128> keys = [];
        HashSet<string> languages = [];
        Summary summary = default;
        foreach (byte[] line in file.SplitLines())
        {
            summary.Lines++;
            CleaningStatus outcome = cleaner.Clean(line);
            bool isJson = outcome is CleaningStatus.Valid or CleaningStatus.Invalid;
            summary.Rejected += isJson ? 0 : 1;
            if (!isJson)
            {
                continue;
            }

            JsonDocument.Parse(line).Dispose();
            if (!checksums.Add(Convert.ToHexString(SHA256.HashData(line))))
            {
                summary.Repeated++;
            }
            else if (outcome == CleaningStatus.Invalid)
            {
                summary.Invalid++;
            }
            else
            {
                summary.Duplicates += keys.Add(DuplicateKey.Of(cleaner, buffer)) ? 0 : 1;
                summary.Nuls += cleaner.RemovedNuls;
                summary.FullQuality += cleaner.QualityHundredths == 100 ? 1 : 0;
                languages.Add(Convert.ToHexString(cleaner.Text(EntryColumn.Language)));
            }
        }

        summary.Languages = languages.Count;
        return summary;
    }

    private struct Summary
    {
        public int Lines, Rejected, Invalid, Repeated, Duplicates, Nuls, FullQuality, Languages;
    }
}
