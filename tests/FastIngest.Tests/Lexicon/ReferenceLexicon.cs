using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Lexicon;

/// <summary>An entry as cleaned by the reference. Texts are in column order; null for a missing text.</summary>
internal sealed record ReferenceEntry(string?[] Texts, decimal Quality, string[] Errors, int RemovedNuls);

/// <summary>A row of <c>raw_entries</c>.</summary>
internal sealed record ReferenceRaw(string Data, string Checksum, int LineNumber);

/// <summary>A row of <c>entries</c>.</summary>
internal sealed record ReferenceRow(string Id, ReferenceEntry Entry, ReferenceRaw Raw);

/// <summary>The outcome of a record: whether it is listed as rejected, its raw entry or null, and its entry or null.</summary>
internal sealed record ReferenceRecord(int LineNumber, bool IsListed, ReferenceRaw? Raw, ReferenceRow? Row);

/// <summary>The counts of a whole file: read = loaded + repeated + rejected, loaded = written + duplicate + below + invalid.</summary>
internal sealed record ReferenceCounts
{
    public int Read { get; set; }

    public int Rejected { get; set; }

    public int Repeated { get; set; }

    public int Loaded { get; set; }

    public int Invalid { get; set; }

    public int BelowQuality { get; set; }

    public int Duplicate { get; set; }

    public int Written { get; set; }
}

/// <summary>
/// The reference implementation of the dictionary pipeline, written for clarity from docs/lexicon.md alone, with strings,
/// regular expressions and a document object. It is slow and independent of the library.
/// </summary>
internal static class ReferenceLexicon
{
    private static readonly Dictionary<string, string> LanguageNames = new()
    {
        ["english"] = "en",
        ["german"] = "de",
        ["french"] = "fr",
        ["spanish"] = "es",
        ["italian"] = "it",
        ["portuguese"] = "pt",
        ["russian"] = "ru",
        ["polish"] = "pl",
        ["latin"] = "la",
        ["greek"] = "el",
        ["ancient greek"] = "grc",
        ["sanskrit"] = "sa",
        ["hindi"] = "hi",
        ["persian"] = "fa",
        ["dutch"] = "nl",
        ["swedish"] = "sv",
        ["norwegian"] = "no",
        ["danish"] = "da",
        ["icelandic"] = "is",
        ["proto-indo-european"] = "ine-pro",
    };

    /// <summary>Loads the lines of a file, in order, into an empty database.</summary>
    /// <param name="counts">Receives the counts, which are complete after the last record.</param>
    public static IEnumerable<ReferenceRecord> Load(IEnumerable<byte[]> lines, string sourceId, ReferenceCounts counts, decimal minQuality = 0.5m, bool allowDuplicates = false)
    {
        HashSet<string> checksums = [];
        HashSet<(string?, string?, string?, string?)> known = [];

        // Cleaning a record does not depend on other records and runs in parallel; the code below depends on earlier records.
        foreach (var line in lines.Select((bytes, i) => (Bytes: bytes, Number: i + 1)).Chunk(10_000).SelectMany(c => c.AsParallel().AsOrdered().Select(l => Read(l.Bytes, l.Number)).ToArray()))
        {
            if (line is not var (raw, entry))
            {
                continue;
            }

            counts.Read++;
            bool isInvalid = entry is null || entry.Texts[0] is null || entry.Texts[2] is null;
            if (entry is null)
            {
                counts.Rejected++;
                yield return new ReferenceRecord(raw.LineNumber, true, null, null);
            }
            else if (!checksums.Add(raw.Checksum))
            {
                counts.Repeated++;
                yield return new ReferenceRecord(raw.LineNumber, isInvalid, null, null);
            }
            else
            {
                counts.Loaded++;
                ReferenceRow? row = null;
                if (isInvalid)
                {
                    counts.Invalid++;
                }
                else if (entry.Quality < minQuality)
                {
                    counts.BelowQuality++;
                }
                else if (!known.Add((entry.Texts[2], entry.Texts[0], entry.Texts[3], entry.Texts[5])) && !allowDuplicates)
                {
                    counts.Duplicate++;
                }
                else
                {
                    counts.Written++;
                    row = new ReferenceRow(Id(sourceId, raw.Checksum), entry, raw);
                }

                yield return new ReferenceRecord(raw.LineNumber, isInvalid, raw, row);
            }
        }
    }

    /// <summary>The record of a line and its entry, which is null if the record is not an object; null for a line of white space.</summary>
    private static (ReferenceRaw Raw, ReferenceEntry? Entry)? Read(byte[] line, int lineNumber)
    {
        byte[] record = line.AsSpan().Trim(" \t\r"u8).ToArray();
        if (record.Length == 0)
        {
            return null;
        }

        ReferenceRaw raw = new(Encoding.UTF8.GetString(record), Convert.ToHexStringLower(SHA256.HashData(record)), lineNumber);
        return (raw, TryParse(record, out JsonElement json) && json.ValueKind == JsonValueKind.Object ? Clean(json) : null);
    }

    /// <summary>Whether the bytes are one JSON text in which every string is valid text.</summary>
    public static bool TryParse(byte[] record, out JsonElement json)
    {
        json = default;
        try
        {
            json = JsonDocument.Parse(record).RootElement;
            ReadAllStrings(json);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public static ReferenceEntry Clean(JsonElement json)
    {
        int nuls = 0;
        string? WithoutNuls(string? text)
        {
            nuls += text?.Count(c => c == '\0') ?? 0;
            return text?.Replace("\0", "", StringComparison.Ordinal);
        }

        List<string> targets =
        [
            .. new[] { Text(json, "redirect") }.Where(t => !string.IsNullOrEmpty(t)).Concat(Items(json, "redirects").Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString())).Select(t => t!),
        ];
        string? posSource = Text(json, "pos", "pos_tag");
        bool isKind = posSource is "hard-redirect" or "soft-redirect";
        bool hasText = Glosses(json).Any() || Text(json, "definition") is not null;
        bool isRedirect = targets.Count > 0 && (isKind || (!hasText && (posSource is null || Text(json, "word", "headword") is null)));

        string? ipaSource = WithoutNuls(FirstSoundIpa(json) ?? Text(json, "ipa"));
        List<string> texts = [.. (isRedirect ? targets : Glosses(json)).Select(g => WithoutNuls(g)!)];
        string? wordSource = Text(json, "word", "headword") ?? (isRedirect ? Text(json, "title") : null);
        string? headword = Null(White(Nfc(ReferenceMarkup.RemoveFromHeadword(WithoutNuls(wordSource)))));
        string? languageSource = WithoutNuls(Text(json, "lang_code", "lang", "language"));
        string? language = isRedirect && string.IsNullOrEmpty(languageSource) ? "und" : Null(Trim(languageSource)?.ToLowerInvariant());
        language = language is not null && LanguageNames.TryGetValue(language, out string? code) ? code : language;
        string? pos = Null(Trim(WithoutNuls(posSource)));
        pos = !isRedirect || isKind ? pos : string.IsNullOrEmpty(Text(json, "redirect")) ? "soft-redirect" : "hard-redirect";
        string? ipa = Null(White(Nfc(Replace(ipaSource, @"[\[\]/]", ""))));
        string joined = string.Join(" | ", texts.Distinct(StringComparer.Ordinal));
        string? definition = isRedirect
            ? Null(White(Nfc(ReferenceMarkup.RemoveFromHeadword(joined))))
            : Prose(texts.Count > 0 ? joined : WithoutNuls(Text(json, "definition")));
        string? etymology = Prose(WithoutNuls(Text(json, "etymology_text", "etymology")));

        List<string> errors = [];
        void Check(string error, bool isWrong)
        {
            if (isWrong)
            {
                errors.Add(error);
            }
        }

        Check("definition_missing", definition is null);
        Check("definition_short", definition is not null && !isRedirect && Length(definition) < 3);
        Check("headword_long", Length(headword) > 255);
        Check("ipa_long", Length(ipa) > 255);
        Check("ipa_digits", ipa is not null && ipa.Any(char.IsAsciiDigit));
        Check("ipa_brackets", ipaSource is not null && ipaSource.Count(c => c == '[') != ipaSource.Count(c => c == ']'));
        Check("language_code", language is null || !Regex.IsMatch(language, @"\A[a-z]{2,3}(-[a-z0-9]{2,8})*\z"));
        decimal quality = Math.Max(0.1m, 1m - (0.15m * errors.Count));
        return new ReferenceEntry([headword, headword?.ToLowerInvariant(), language, pos, ipa, definition, etymology], quality, [.. errors], nuls);
    }

    /// <summary>A UUID version 5 (RFC 9562) in the URL namespace.</summary>
    public static string Id(string sourceId, string checksum)
    {
        byte[] url = Convert.FromHexString("6ba7b8119dad11d180b400c04fd430c8");
        byte[] hash = CryptographicOperations.HashData(HashAlgorithmName.SHA1, [.. url, .. Encoding.UTF8.GetBytes($"fastingest:entry:{sourceId}:{checksum}")]);
        string hex = Convert.ToHexStringLower(hash);
        string variant = "89ab"[(hash[8] >> 4) & 3].ToString();
        return $"{hex[..8]}-{hex[8..12]}-5{hex[13..16]}-{variant}{hex[17..20]}-{hex[20..32]}";
    }

    private static string? Prose(string? text) => Null(White(Nfc(ReferenceMarkup.Remove(Replace(text, @"\[[0-9]+\]", "")))));

    private static string? Replace(string? text, string pattern, string by) => text is null ? null : Regex.Replace(text, pattern, by);

    private static string? Nfc(string? text) => text is null || text.All(char.IsAscii) ? text : PlainNormalization.Nfc(text);

    private static string? Trim(string? text) => text?.Trim();

    private static string? Null(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? White(string? text) =>
        text is null ? null : string.Join(' ', new string([.. text.Select(c => char.IsWhiteSpace(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static int Length(string? text) => text?.EnumerateRunes().Count() ?? 0;

    /// <summary>The first of the named fields that is a string.</summary>
    private static string? Text(JsonElement json, params string[] names) =>
        names.Select(n => json.TryGetProperty(n, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null).FirstOrDefault(t => t is not null);

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;

    private static IEnumerable<JsonElement> Objects(JsonElement json, string name) => Items(json, name).Where(i => i.ValueKind == JsonValueKind.Object);

    private static string? FirstSoundIpa(JsonElement json) => Objects(json, "sounds").Select(s => Text(s, "ipa")).FirstOrDefault(t => t is not null);

    private static IEnumerable<string> Glosses(JsonElement json) =>
        Objects(json, "senses").SelectMany(s => Items(s, "glosses")).Where(g => g.ValueKind == JsonValueKind.String).Select(g => g.GetString()!);

    private static void ReadAllStrings(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray())
                {
                    ReadAllStrings(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in json.EnumerateObject())
                {
                    _ = member.Name.Length.ToString(CultureInfo.InvariantCulture);
                    ReadAllStrings(member.Value);
                }

                break;
        }
    }
}
