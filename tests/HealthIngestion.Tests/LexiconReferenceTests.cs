using System.Globalization;
using System.Text.Json;
using FastIngest.Lexicon;
using FastIngest.Tests.Lexicon;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Support;
using Npgsql;

namespace HealthIngestion.Tests;

/// <summary>
/// A generated dictionary with odd, broken and hostile lines, loaded into PostgreSQL by the binary, against the reference,
/// which knows the specification alone: each raw entry, each entry, each reject and every figure.
/// <c>FASTINGEST_LEXICON_ENTRIES=2000000</c> makes it as large.
/// </summary>
public sealed class LexiconReferenceTests
{
    private const string Source = "wörter";
    private const long MaxPeakBytes = 256L << 20;

    private static readonly int Entries =
        int.TryParse(Environment.GetEnvironmentVariable("FASTINGEST_LEXICON_ENTRIES"), CultureInfo.InvariantCulture, out int entries) ? entries : 50_000;

    [Fact]
    public void A_dictionary_in_PostgreSQL_is_what_the_reference_makes_of_it()
    {
        using PostgresServer server = PostgresServer.Create();
        using Workplace place = Workplace.Empty();
        Run(place, "generate", ".", "--kind", "lexicon", "--entries", Entries.ToString(CultureInfo.InvariantCulture), "--entry-size", "500", "--quirks", "0.02", "--quiet");
        AddHostileLines(place["entries.jsonl"]);

        Run(place, "ingest", "--source", Source, "--file", "entries.jsonl", "--to", server.Url, "--schema", "words", "--min-quality", "0.8", "--stats-json", "stats.json", "--quiet");

        using NpgsqlConnection rawConnection = server.Connect();
        using NpgsqlConnection entryConnection = server.Connect();
        using NpgsqlDataReader raws = Read(rawConnection, "SELECT id, source_id, file_path, line_number, encode(checksum, 'hex'), raw_data::text FROM words.raw_entries ORDER BY id");
        using NpgsqlDataReader entries = Read(
            entryConnection,
            "SELECT raw_id, id::text, source_id, pipeline_version, quality::text, array_to_string(errors, ','), headword, headword_key, language, pos, ipa, definition, etymology FROM words.entries ORDER BY raw_id");
        List<int> listed = [];
        ReferenceCounts counts = new();
        long rawId = 0;
        foreach (ReferenceRecord record in ReferenceLexicon.Load(File.ReadAllBytes(place["entries.jsonl"]).SplitLines(), Source, counts, 0.8m))
        {
            if (record.IsListed)
            {
                listed.Add(record.LineNumber);
            }

            if (record.Raw is { } raw)
            {
                rawId++;
                Equal(record, [rawId, Source, "entries.jsonl", (long)raw.LineNumber, raw.Checksum, raw.Data], raws);
            }

            if (record.Row is { } row)
            {
                string quality = row.Entry.Quality.ToString("0.##", CultureInfo.InvariantCulture);
                Equal(record, [rawId, row.Id, Source, PipelineVersion.Current, quality, string.Join(',', row.Entry.Errors), .. row.Entry.Texts], entries);
            }
        }

        Assert.False(raws.Read(), "There are more raw entries.");
        Assert.False(entries.Read(), "There are more entries.");
        Assert.Equal(listed, File.ReadLines(place["rejects.ndjson"]).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("line").GetInt32()));
        JsonElement stats = JsonDocument.Parse(File.ReadAllText(place["stats.json"])).RootElement;
        JsonElement sink = stats.GetProperty("sinks")[0];
        Assert.Equal(
            counts,
            new ReferenceCounts
            {
                Read = stats.GetProperty("read").GetInt32(),
                Rejected = stats.GetProperty("rejected").GetInt32(),
                Repeated = sink.GetProperty("repeated").GetInt32(),
                Loaded = sink.GetProperty("loaded").GetInt32(),
                Invalid = sink.GetProperty("invalid").GetInt32(),
                BelowQuality = sink.GetProperty("below_quality").GetInt32(),
                Duplicate = sink.GetProperty("duplicate").GetInt32(),
                Written = sink.GetProperty("written").GetInt32() + sink.GetProperty("redirects").GetInt32(),
            });
        Assert.True(counts is { Repeated: > 100, Invalid: > 50, BelowQuality: > 0, Duplicate: > 100 } && counts.Rejected > 100 && counts.Written > Entries / 2, $"{counts}");
        Assert.InRange(stats.GetProperty("peak_rss_bytes").GetInt64(), 1, MaxPeakBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{counts}, peak {stats.GetProperty("peak_rss_bytes").GetInt64() >> 20} MiB, {stats.GetProperty("elapsed_seconds").GetDouble():0.0} s");
    }

    /// <summary>One for each way in which a line may be odd that a change of a real one seldom comes to.</summary>
    private static readonly string[] OddLines =
    [
        """{"word": "a\u0000b", "lang_code": "\u0000", "lang": "German", "senses": [{"glosses": ["\u0000", "x\u0000y"]}]}""",
        """{"word": "\ud83d", "lang_code": "de"}""",
        """{"word": "a", "lang_code": "de", "x": ["\ude00\ud83d"]}""",
        """{"word": "a", "lang_code": "de", "\ud83d\ude00": {"\ud83d": 1}}""",
        """{"word": "first", "word": "last", "lang_code": "de", "senses": [], "senses": [{"glosses": ["one"], "glosses": ["two", 2, null]}, {"glosses": "three"}]}""",
        """{"word": ["a"], "headword": "b", "lang_code": {"de": 1}, "lang": null, "language": "Old Norse", "pos": 1, "pos_tag": "noun", "sounds": {"ipa": "x"}, "ipa": "[1]]"}""",
        """{"word": "", "headword": "not taken", "lang_code": "de"}""",
        """{"title": "a redirect", "redirect": "b"}""",
        """{"word": "a", "lang_code": "de",}""",
        """{"word": "a", "lang_code": "de"} {"word": "b", "lang_code": "de"}""",
        "\"a string\"",
        "[]",
        "nul",
        Nested(63),
        Nested(64),
        Nested(100_000),
        $$$"""{"word": "{{{new string('w', 300)}}}", "lang_code": "DE_x", "ipa": "{{{new string('ɪ', 300)}}}1[", "definition": "ab"}""",
    ];

    /// <summary>A record that holds so many arrays in each other.</summary>
    private static string Nested(int depth) => $$"""{"word": "deep{{depth}}", "lang_code": "de", "x": {{new string('[', depth)}}{{new string(']', depth)}}}""";

    /// <summary>Odd lines, and real ones, each changed, some with Windows line ends; the last is cut in the middle.</summary>
    private static void AddHostileLines(string path)
    {
        byte[][] real = [.. File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "data", "lexicon", "kaikki.jsonl")).SplitLines().Where(l => l.Length < 4000)];
        Random random = new(11);
        using FileStream file = new(path, FileMode.Append);
        foreach (string line in OddLines)
        {
            file.Write($"{line}\n \t{line} \r\n".Bytes());
        }

        for (int i = 0; i < 4000; i++)
        {
            file.Write(Mutations.Mutate(random, random.Any(real)));
            file.Write(random.OneIn(2) ? "\r\n"u8 : "\n \t\r\n"u8);
        }

        file.Write(real[0].AsSpan(0, real[0].Length / 2));
    }

    private static void Run(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private static NpgsqlDataReader Read(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        return command.ExecuteReader();
    }

    /// <summary>Whether the next row holds these values.</summary>
    private static void Equal(ReferenceRecord record, object?[] expected, NpgsqlDataReader rows)
    {
        Assert.True(rows.Read(), $"There is no row for line {record.LineNumber}.");
        for (int i = 0; i < expected.Length; i++)
        {
            object? value = rows.IsDBNull(i) ? null : rows.GetValue(i);
            Assert.True(Equals(expected[i], value), $"Line {record.LineNumber}, {rows.GetName(i)}: expected {expected[i] ?? "null"}, but it is {value ?? "null"}.");
        }
    }
}
