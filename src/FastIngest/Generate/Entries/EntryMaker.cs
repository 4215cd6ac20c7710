using System.Text;

namespace FastIngest.Generate.Entries;

/// <summary>
/// Creates one entry. One random source determines headword, part of speech and definition, another one determines the
/// rest. Sections are filled in the proportions of real entries until the line has its length.
/// </summary>
internal sealed class EntryMaker(int meanBytes)
{
    /// <summary>The range of mean line lengths in bytes. No entry has fewer than two or three hundred bytes.</summary>
    public const int MinMeanBytes = 500, MaxMeanBytes = 1_000_000;

    private const int MinExampleBytes = 120, MinEtymologyBytes = 600;

    /// <summary>The length distribution of real lines: minimum, every 5th percentile, and maximum, in thousandths of the mean.</summary>
    private static readonly int[] Lengths =
        [16, 32, 49, 76, 138, 182, 238, 264, 330, 386, 457, 566, 634, 764, 946, 1170, 1366, 1938, 2670, 3624, 8328];

    private static readonly byte[][] Kinds = Words("noun noun noun noun verb verb adj name adv phrase prep suffix");

    private static readonly byte[][] English = Words(
        "to of the a an or in for with by and from someone something field water tongue land house river light stone word speech winter snow horse fox heart person "
        + "driver member carry improve maintain provide care service turn white become bright move forward especially usually relating alternative form plural singular "
        + "second-person third-person inflection synonym surname given name used when <i>usually</i> “quoted” (transitive) (archaic) (figuratively) [1] — naïve café");

    private static readonly byte[][] Tags = Quoted("masculine feminine neuter plural singular nominative genitive dative accusative present past participle subjunctive imperative archaic dialectal transitive");

    private static readonly byte[][] Categories = Quoted(
        "lemmas|nouns|verbs|terms with usage examples|entries with incorrect language header|Pages with entries|Pages with 1 entry|terms inherited from Proto-Germanic|2-syllable words", '|');

    public void Make(LineBuffer line, RandomSource core, RandomSource rest)
    {
        int start = line.Length;
        int length = Length(ref core);
        EntryLanguage language = EntryLanguage.Any(ref core);
        line.Put("{\"word\": \""u8);
        language.PutWord(line, ref core);
        line.Put("\", \"pos\": \""u8);
        line.Put(Any(Kinds, ref core));
        line.Put("\", \"senses\": ["u8);
        int senses = 1 + Math.Min(20, core.Below(2 + (length / 1500)));
        for (int i = 0; i < senses; i++)
        {
            line.Put(i > 0 ? ", "u8 : []);
            PutSense(line, language, length / 6 / senses, ref core, ref rest);
        }

        line.Put("]"u8);
        if (length >= MinEtymologyBytes)
        {
            line.Put(", \"head_templates\": [{\"name\": \"head\", \"args\": {\"1\": \""u8);
            line.Put(language.Code);
            line.Put("\", \"2\": \"lemma\"}}]"u8);
        }

        int remaining = Math.Max(0, length - (line.Length - start) - 120);
        PutForms(line, language, line.Length + (remaining * 55 / 100), ref rest);
        PutTranslations(line, line.Length + (remaining * 30 / 100), ref rest);
        PutDerived(line, language, line.Length + (remaining * 8 / 100), ref rest);
        if (length >= MinEtymologyBytes && rest.Chance(60))
        {
            line.Put(", \"etymology_text\": \"From "u8);
            PutText(line, rest.Between(4, 24), ref rest);
            line.Put(rest.Chance(20) ? "\\nSee \\\"also\\\".\""u8 : ".\""u8);
        }

        PutSounds(line, language, ref rest);
        line.Put(", \"lang\": \""u8);
        line.Put(language.Name);
        line.Put("\", \"lang_code\": \""u8);
        line.Put(language.Code);
        line.Put("\"}"u8);
    }

    private int Length(ref RandomSource random)
    {
        // Interpolate between two neighbouring percentiles.
        int at = random.Below((Lengths.Length - 1) * 1000);
        (int index, int share) = Math.DivRem(at, 1000);
        long thousandths = Lengths[index] + ((long)(Lengths[index + 1] - Lengths[index]) * share / 1000);
        return (int)(thousandths * meanBytes / 1000);
    }

    private static void PutSense(LineBuffer line, EntryLanguage language, int length, ref RandomSource core, ref RandomSource rest)
    {
        int end = line.Length + length;
        line.Put("{"u8);
        if (length >= MinExampleBytes)
        {
            line.Put("\"examples\": ["u8);
            for (int i = 0; i == 0 || line.Length < end; i++)
            {
                line.Put(i > 0 ? ", {\"text\": \""u8 : "{\"text\": \""u8);
                language.PutWord(line, ref rest);
                line.Put(" "u8);
                language.PutWord(line, ref rest);
                line.Put("\", \"bold_text_offsets\": [["u8);
                line.Put(rest.Below(20));
                line.Put(", "u8);
                line.Put(rest.Between(20, 60));
                line.Put("]], \"translation\": \""u8);
                PutText(line, rest.Between(3, 14), ref rest);
                line.Put("\", \"type\": \"example\"}"u8);
            }

            line.Put("], "u8);
        }

        line.Put("\"links\": [[\""u8);
        line.Put(Any(English, ref rest));
        line.Put("\", \"x\"]], \"tags\": ["u8);
        line.Put(Any(Tags, ref rest));
        line.Put("], \"glosses\": [\""u8);
        if (core.Chance(10))
        {
            line.Put("(general sense)\", \""u8);
        }

        PutText(line, core.Between(2, 14), ref core);
        line.Put("\"], \"categories\": ["u8);
        line.Put(Any(Categories, ref rest));
        line.Put("]}"u8);
    }

    private static void PutForms(LineBuffer line, EntryLanguage language, int end, ref RandomSource random)
    {
        if (line.Length >= end)
        {
            return;
        }

        line.Put(", \"forms\": ["u8);
        for (int i = 0; line.Length < end; i++)
        {
            line.Put(i > 0 ? ", {\"form\": \""u8 : "{\"form\": \""u8);
            language.PutWord(line, ref random);
            line.Put("\", \"tags\": ["u8);
            line.Put(Any(Tags, ref random));
            line.Put(", "u8);
            line.Put(Any(Tags, ref random));
            line.Put(random.Chance(50) ? "], \"source\": \"declension\"}"u8 : "]}"u8);
        }

        line.Put("]"u8);
    }

    private static void PutTranslations(LineBuffer line, int end, ref RandomSource random)
    {
        if (line.Length >= end)
        {
            return;
        }

        line.Put(", \"translations\": ["u8);
        for (int i = 0; line.Length < end; i++)
        {
            EntryLanguage language = EntryLanguage.Any(ref random);
            line.Put(i > 0 ? ", {\"lang\": \""u8 : "{\"lang\": \""u8);
            line.Put(language.Name);
            line.Put("\", \"code\": \""u8);
            line.Put(language.Code);
            line.Put("\", \"sense\": \""u8);
            PutText(line, random.Between(2, 6), ref random);
            line.Put("\", \"word\": \""u8);
            language.PutWord(line, ref random);
            line.Put("\"}"u8);
        }

        line.Put("]"u8);
    }

    private static void PutDerived(LineBuffer line, EntryLanguage language, int end, ref RandomSource random)
    {
        if (line.Length >= end)
        {
            return;
        }

        line.Put(", \"derived\": ["u8);
        for (int i = 0; line.Length < end; i++)
        {
            line.Put(i > 0 ? ", {\"word\": \""u8 : "{\"word\": \""u8);
            language.PutWord(line, ref random);
            line.Put("\"}"u8);
        }

        line.Put("]"u8);
    }

    private static void PutSounds(LineBuffer line, EntryLanguage language, ref RandomSource random)
    {
        if (random.Chance(25))
        {
            return;
        }

        line.Put(random.Chance(30) ? ", \"sounds\": [{\"audio\": \"word.ogg\", \"mp3_url\": \"https://example.org/word.mp3\"}, {\"ipa\": \""u8 : ", \"sounds\": [{\"ipa\": \""u8);
        bool phonemic = random.Chance(60);
        line.Put(phonemic ? "/"u8 : "["u8);
        language.PutSounds(line, ref random);
        line.Put(phonemic ? "/\"}, {\"rhymes\": \"-x\"}]"u8 : "]\"}]"u8);
    }

    private static void PutText(LineBuffer line, int words, ref RandomSource random)
    {
        for (int i = 0; i < words; i++)
        {
            line.Put(i > 0 ? " "u8 : []);
            line.Put(Any(English, ref random));
        }
    }

    private static byte[] Any(byte[][] texts, ref RandomSource random) => texts[random.Below(texts.Length)];

    private static byte[][] Words(string text) => [.. text.Split(' ').Select(Encoding.UTF8.GetBytes)];

    private static byte[][] Quoted(string text, char separator = ' ') => [.. text.Split(separator).Select(t => Encoding.UTF8.GetBytes($"\"{t}\""))];
}
