using System.IO.Compression;
using System.Text;
using FastIngest.Pipeline;
using FastIngest.Tests.Pipeline.Entries;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Sources;

/// <summary>A compressed file that is cut off at any byte is said to be that, and a damaged one is never read as if it were whole.</summary>
public sealed class CutFileTests : IDisposable
{
    private const string Line = """{"word": "a1", "lang": "English", "lang_code": "en", "pos": "noun", "senses": [{"glosses": ["first one"]}]}""" + "\n";

    private readonly EntryRuns _runs = new();

    public static TheoryData<string, bool> Forms => new() { { ".gz", false }, { ".gz", true }, { ".zst", false }, { ".zst", true }, { ".bz2", false }, { ".bz2", true } };

    public void Dispose() => _runs.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_cut_of_a_dictionary_is_found(string ending, bool isTwice)
    {
        byte[] one = Packed(ending);
        byte[] packed = isTwice ? [.. one, .. one] : one;
        for (int length = 1; length < packed.Length; length++)
        {
            if (isTwice && length == one.Length)
            {
                // The first of two members alone is a whole file.
                continue;
            }

            string message = FaultOf(ending, packed[..length]);
            Assert.Contains($"it is cut off at byte {length}", message, StringComparison.Ordinal);
        }

        Write(ending, packed);
        Assert.Equal(isTwice ? 2 : 1, _runs.Print(_runs.Options("d.jsonl" + ending)).Report.Read);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    [InlineData(".bz2")]
    public void Health_data_says_the_same(string ending)
    {
        byte[] packed = Packed(ending);
        File.WriteAllBytes(_runs["sleep.json" + ending], packed[..^7]);
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [_runs["sleep.json" + ending]] }));
        Assert.Contains($"it is cut off at byte {packed.Length - 7}", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gz", 8, 8)]
    [InlineData(".zst", 4, 4)]
    [InlineData(".bz2", 0, 0)]
    public void A_flipped_bit_is_a_fault_and_a_wrong_trailer_is_a_wrong_checksum(string ending, int trailerBytes, int checksumBytes)
    {
        byte[] whole = Packed(ending);
        for (int at = ending == ".gz" ? 10 : 6; at < whole.Length; at++)
        {
            byte[] packed = [.. whole];
            packed[at] ^= 0x10;
            Write(ending, packed);
            string? message = Record.Exception(() => _runs.Print(_runs.Options("d.jsonl" + ending)))?.Message;
            if (at >= whole.Length - trailerBytes && at < whole.Length - trailerBytes + checksumBytes)
            {
                Assert.Contains("checksum", message, StringComparison.Ordinal);
            }
            else if (message is not null)
            {
                Assert.DoesNotContain("unsupported compression method", message, StringComparison.Ordinal);
            }
            else
            {
                // Padding bits carry nothing: the content is what it was.
                Assert.Contains("first one", _runs.Print(_runs.Options("d.jsonl" + ending)).Output, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void An_unknown_method_and_other_data_are_named()
    {
        byte[] packed = Packed(".gz");
        Assert.Contains("other data follows the end of the compressed data, at byte " + packed.Length, FaultOf(".gz", [.. packed, .. "hello"u8]), StringComparison.Ordinal);
        packed[2] = 7;
        Assert.Contains("its compression method 7 is unknown", FaultOf(".gz", packed), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_with_name_comment_and_checksum_is_cut_off_too()
    {
        byte[] packed = Packed(".gz");
        byte[] long1 = [0x1F, 0x8B, 8, 0b0001_1110, .. packed[4..10], 3, 0, 1, 2, 3, .. "name\0"u8, .. "comment\0"u8, 0, 0, .. packed[10..]];
        for (int length = 1; length < long1.Length; length++)
        {
            Assert.Contains($"it is cut off at byte {length}", FaultOf(".gz", long1[..length]), StringComparison.Ordinal);
        }
    }

    private string FaultOf(string ending, byte[] packed)
    {
        Write(ending, packed);
        return Assert.Throws<IngestException>(() => _runs.Print(_runs.Options("d.jsonl" + ending))).Message;
    }

    private void Write(string ending, byte[] packed) => File.WriteAllBytes(_runs["d.jsonl" + ending], packed);

    private static byte[] Packed(string ending)
    {
        byte[] line = Encoding.UTF8.GetBytes(Line);
        if (ending == ".bz2")
        {
            // Made by bzip2 -9 from the line.
            return File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "data", "lexicon", "cases", "one.jsonl.bz2"));
        }

        using MemoryStream packed = new();
        if (ending == ".gz")
        {
            using GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true);
            gzip.Write(line);
        }
        else
        {
            using ZstdSharp.CompressionStream zstd = new(packed, 3, leaveOpen: true);
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.Write(line);
        }

        return packed.ToArray();
    }
}
