using System.Security.Cryptography;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>Hashes, ids, duplicate keys and the pipeline version.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("", "da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1")]
    public void Sha1_agrees_with_the_standard(string text, string expected)
    {
        byte[] hash = new byte[Sha1.HashBytes];
        Sha1.Hash(text.Bytes(), hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Sha256_of_all_lengths_agrees_with_dotnet_on_every_thread()
    {
        byte[] text = new byte[5000];
        new Random(7).NextBytes(text);
        Parallel.For(0, text.Length, length =>
        {
            byte[] hash = new byte[Sha256.Bytes];
            Sha256.Hash(text.AsSpan(0, length), hash);
            Assert.Equal(SHA256.HashData(text.AsSpan(0, length)), hash);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha256.Hash(text, new byte[Sha256.Bytes - 1]));
    }

    [Fact]
    public void Ids_agree_with_the_reference_for_source_ids_of_all_lengths()
    {
        for (int length = 0; length < 700; length++)
        {
            string source = new('s', length);
            byte[] checksum = SHA256.HashData(source.Bytes());
            Assert.Equal(ReferenceLexicon.Id(source, Convert.ToHexStringLower(checksum)), EntryId.Create(source, checksum).ToString());
        }

        byte[] zero = new byte[32];
        Assert.Equal(ReferenceLexicon.Id("wörter", Convert.ToHexStringLower(zero)), EntryId.Create("wörter", zero).ToString());
    }

    [Fact]
    public void Entries_are_duplicates_only_if_language_headword_pos_and_definition_are_equal()
    {
        UInt128 key = Key("{\"word\": \"ab\", \"lang\": \"en\", \"pos\": \"noun\", \"definition\": \"text\"}");
        Assert.Equal(key, Key("{\"definition\": \" text [1]\", \"pos\": \"noun \", \"lang\": \"English\", \"word\": \" ab\", \"etymology\": \"x\", \"ipa\": \"y\"}"));
        string[] others =
        [
            "{\"word\": \"Ab\", \"lang\": \"en\", \"pos\": \"noun\", \"definition\": \"text\"}",
            "{\"word\": \"ab\", \"lang\": \"de\", \"pos\": \"noun\", \"definition\": \"text\"}",
            "{\"word\": \"ab\", \"lang\": \"en\", \"definition\": \"text\"}",
            "{\"word\": \"ab\", \"lang\": \"en\", \"pos\": \"noun\"}",
            "{\"word\": \"a\", \"lang\": \"en\", \"pos\": \"bnoun\", \"definition\": \"text\"}",
            "{\"word\": \"abn\", \"lang\": \"en\", \"pos\": \"oun\", \"definition\": \"text\"}",
            "{\"word\": \"ab\", \"lang\": \"en\", \"pos\": \"nount\", \"definition\": \"ext\"}",
            "{\"word\": \"ab\", \"lang\": \"en\", \"pos\": \"text\"}",
            "{\"word\": \"ab\", \"lang\": \"en\", \"definition\": \"nountext\"}",
        ];
        Assert.Equal(others.Length + 1, others.Select(Key).Append(key).Distinct().Count());
    }

    [Fact]
    public void The_pipeline_version_depends_on_every_cleaner_and_its_position()
    {
        Assert.Equal(
            """
            headword: remove-headword-markup@1 nfc@1 white-space@1
            headword_key: lower-case@1
            language: trim@1 lower-case@1 language-names@1
            pos: trim@1
            ipa: remove-ipa-delimiters@1 nfc@1 white-space@1
            definition: remove-references@1 remove-markup@1 nfc@1 white-space@1
            etymology: remove-references@1 remove-markup@1 nfc@1 white-space@1
            rules@2
            """.ReplaceLineEndings("\n"),
            PipelineVersion.Description);
        Assert.Matches("^[0-9a-f]{16}$", PipelineVersion.Current);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(PipelineVersion.Description.Bytes()))[..16], PipelineVersion.Current);
    }

    private static UInt128 Key(string record)
    {
        EntryCleaner cleaner = new();
        Assert.Equal(CleaningStatus.Valid, cleaner.Clean(record.Bytes()));
        return DuplicateKey.Of(cleaner, new TextBuffer());
    }
}
