using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using FastIngest.Generate;
using FastIngest.Generate.Exports;
using FastIngest.Tests.Support;
using NodaTime;

namespace FastIngest.Tests.Generate;

/// <summary>Generated exports of programs, and the days that a correct reader finds in them.</summary>
public sealed class ExportTests
{
    private const string ExpectedName = "expected-days.ndjson";

    public static TheoryData<ExportProgram> Programs => [.. Enum.GetValues<ExportProgram>()];

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_seed_gives_the_same_bytes_with_any_number_of_workers(ExportProgram program)
    {
        string one = HashOf(program, o => o with { Users = 3, Days = 70, Workers = 1 });
        Assert.Equal(one, HashOf(program, o => o with { Users = 3, Days = 70, Workers = 5 }));
        Assert.NotEqual(one, HashOf(program, o => o with { Users = 3, Days = 70, Workers = 5, Seed = 2 }));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_files_have_the_size_that_was_asked_for(ExportProgram program)
    {
        foreach (ExportOptions size in (ExportOptions[])[Options() with { Users = 1 }, Options() with { Days = 5 }, Options()])
        {
            using TemporaryFolder folder = new();
            GeneratorResult result = Make(program, folder, _ => size with { Directory = folder.Path, Program = program, TotalBytes = 8_000_000 });
            double least = size.Days is null ? 0.98 : 0.9;
            Assert.InRange(result.Files.Where(f => !f.Path.EndsWith(ExpectedName, StringComparison.Ordinal)).Sum(f => f.Bytes), 8_000_000 * least, 8_000_000 * (2 - least));
            Assert.All(result.Files, f => Assert.Equal(new FileInfo(f.Path).Length, f.Bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_file_is_well_formed(ExportProgram program)
    {
        using TemporaryFolder folder = new();
        foreach (GeneratedFile file in Make(program, folder, o => o with { Users = 2, Days = 95 }).Files)
        {
            byte[] bytes = File.ReadAllBytes(file.Path);
            switch (Path.GetExtension(file.Path))
            {
                case ".xml":
                    Assert.Equal(file.Records + Count(bytes, "<Correlation "), ReadXml(bytes));
                    break;
                case ".ndjson":
                    Assert.Equal(file.Records, GeneratedData.Lines(bytes).Count(l => JsonDocument.Parse(l).RootElement.ValueKind == JsonValueKind.Object));
                    break;
                default:
                    Assert.NotEqual(JsonValueKind.Undefined, JsonDocument.Parse(bytes).RootElement.ValueKind);
                    break;
            }
        }
    }

    [Fact]
    public void Two_programs_with_one_seed_have_the_same_days()
    {
        Dictionary<ExportProgram, List<JsonElement>> days = Enum.GetValues<ExportProgram>().ToDictionary(p => p, p => ExpectedOf(p, 3, 120));
        List<JsonElement> all = days[ExportProgram.Apple];
        foreach ((ExportProgram program, List<JsonElement> found) in days)
        {
            Assert.Equal(3 * 120, found.Count);
            for (int i = 0; i < found.Count; i++)
            {
                foreach (JsonProperty property in found[i].EnumerateObject())
                {
                    if (property.Value.ValueKind != JsonValueKind.Object)
                    {
                        Assert.Equal(all[i].GetProperty(property.Name).GetRawText(), property.Value.GetRawText());
                        continue;
                    }

                    foreach (JsonProperty part in property.Value.EnumerateObject())
                    {
                        Assert.True(all[i].GetProperty(property.Name).GetProperty(part.Name).GetRawText() == part.Value.GetRawText(), $"{program}: {property.Name}.{part.Name} of {found[i]}");
                    }
                }
            }
        }
    }

    [Fact]
    public void The_expected_totals_are_those_of_the_records_of_the_watch()
    {
        using TemporaryFolder folder = new();
        Make(ExportProgram.Apple, folder, o => o with { Users = 1, Days = 310 });
        Dictionary<string, (long Steps, long PhoneSteps, int Rates, long Asleep)> found = [];
        using XmlReader xml = XmlOf(File.ReadAllBytes(Path.Combine(folder.Path, "apple_health_export/export.xml")));
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.Name != "Record")
            {
                continue;
            }

            string type = xml.GetAttribute("type")!, value = xml.GetAttribute("value")!;
            bool isSleep = type.EndsWith("SleepAnalysis", StringComparison.Ordinal), isWatch = xml.GetAttribute("sourceName")!.Contains("Watch", StringComparison.Ordinal);
            DateTimeOffset start = DateTimeOffset.Parse(xml.GetAttribute("startDate")!), end = DateTimeOffset.Parse(xml.GetAttribute("endDate")!);
            string day = (isSleep ? end.AddHours(6) : start).ToString("yyyy-MM-dd");
            (long steps, long phone, int rates, long asleep) = found.GetValueOrDefault(day);
            bool isSteps = type.EndsWith("StepCount", StringComparison.Ordinal);
            steps += isSteps && isWatch ? long.Parse(value) : 0;
            phone += isSteps && !isWatch ? long.Parse(value) : 0;
            rates += type.EndsWith("IdentifierHeartRate", StringComparison.Ordinal) ? 1 : 0;
            asleep += isSleep && isWatch && value.Contains("Asleep", StringComparison.Ordinal) ? (long)(end - start).TotalMinutes : 0;
            found[day] = (steps, phone, rates, asleep);
        }

        List<JsonElement> expected = Lines(folder);
        Assert.Equal(310, expected.Count);
        foreach (JsonElement day in expected)
        {
            (long steps, long phone, int rates, long asleep) = found[day.GetProperty("date").GetString()!];
            Assert.Equal(day.GetProperty("steps").GetInt64(), steps);
            Assert.True(phone < steps);
            Assert.Equal(day.GetProperty("heart_rate").GetProperty("count").GetInt32(), rates);
            JsonElement sleep = day.GetProperty("sleep_minutes");
            Assert.Equal(((string[])["light", "deep", "rem"]).Sum(s => sleep.GetProperty(s).GetInt64()), asleep);
        }

        Assert.Equal([276, 288, 300], expected.Select(d => d.GetProperty("heart_rate").GetProperty("count").GetInt32()).Distinct().Order());
    }

    [Fact]
    public void More_users_and_days_do_not_change_the_others()
    {
        HashSet<string> large = [.. ExpectedOf(ExportProgram.Fhir, 4, 50).Select(d => d.GetRawText())];
        Assert.All(ExpectedOf(ExportProgram.Fhir, 2, 30), d => Assert.Contains(d.GetRawText(), large));
    }

    [Fact]
    public void A_file_of_the_user_is_not_overwritten_and_its_own_files_are()
    {
        using TemporaryFolder folder = new();
        Make(ExportProgram.Garmin, folder, o => o with { Users = 2, Days = 3 });
        Make(ExportProgram.Garmin, folder, o => o with { Users = 2, Days = 3, Seed = 8 });
        string file = Path.Combine(folder.Path, "u0002/DI_CONNECT/DI-Connect-Fitness/me@example.com_0_summarizedActivities.json");
        File.AppendAllText(file, " ");
        string first = Path.Combine(folder.Path, ExpectedName);
        byte[] before = File.ReadAllBytes(first);
        IngestException error = Assert.Throws<IngestException>(() => Make(ExportProgram.Garmin, folder, o => o with { Users = 2, Days = 3 }));
        Assert.Contains("summarizedActivities.json exists", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(first));
        Make(ExportProgram.Garmin, folder, o => o with { Users = 2, Days = 3, Force = true });
        Assert.NotEqual(before, File.ReadAllBytes(first));
    }

    [Fact]
    public void The_clock_agrees_with_the_rules_of_Berlin()
    {
        DateTimeZone zone = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        BerlinClock clock = new();
        for (long utc = BerlinClock.StartOf(new DateOnly(2023, 1, 1)); utc < BerlinClock.StartOf(new DateOnly(2060, 1, 1)); utc += 1800)
        {
            Assert.Equal(zone.GetUtcOffset(Instant.FromUnixTimeSeconds(utc)).Seconds, clock.OffsetAt(utc));
        }

        for (DateOnly day = new(2023, 1, 1); day.Year < 2060; day = day.AddDays(1))
        {
            LocalDate date = new(day.Year, day.Month, day.Day);
            Assert.Equal(zone.AtStartOfDay(date).ToInstant().ToUnixTimeSeconds(), BerlinClock.MidnightOf(day));
            Assert.Equal((BerlinClock.MidnightOf(day.AddDays(1)) - BerlinClock.MidnightOf(day)) / 3600, BerlinClock.HoursOf(day));
        }
    }

    private static ExportOptions Options() => new() { Directory = "", Program = default, Workers = 2 };

    private static GeneratorResult Make(ExportProgram program, TemporaryFolder folder, Func<ExportOptions, ExportOptions> change) =>
        ExportGenerator.Generate(change(Options() with { Directory = folder.Path, Program = program }), null, CancellationToken.None);

    private static List<JsonElement> ExpectedOf(ExportProgram program, int users, int days)
    {
        using TemporaryFolder folder = new();
        Make(program, folder, o => o with { Users = users, Days = days });
        return Lines(folder);
    }

    private static List<JsonElement> Lines(TemporaryFolder folder) =>
        [.. File.ReadLines(Path.Combine(folder.Path, ExpectedName)).Select(l => JsonDocument.Parse(l).RootElement)];

    private static string HashOf(ExportProgram program, Func<ExportOptions, ExportOptions> change)
    {
        using TemporaryFolder folder = new();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (GeneratedFile file in Make(program, folder, change).Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder.Path, file.Path)));
            hash.AppendData(File.ReadAllBytes(file.Path));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads an export without the quirks that make it no XML: its document type and U+000B.</summary>
    private static XmlReader XmlOf(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        Assert.Contains("\u000B", text, StringComparison.Ordinal);
        Assert.Throws<XmlException>(() =>
        {
            using XmlReader whole = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse });
            while (whole.Read())
            {
            }
        });
        text = text[text.IndexOf("<HealthData ", StringComparison.Ordinal)..].Replace("\u000B", "", StringComparison.Ordinal);
        return XmlReader.Create(new StringReader(text));
    }

    private static long ReadXml(byte[] bytes)
    {
        long elements = 0;
        using XmlReader xml = XmlOf(bytes);
        while (xml.Read())
        {
            elements += xml.NodeType == XmlNodeType.Element && (xml.Name is "Record" or "Workout" or "ActivitySummary" or "Correlation") ? 1 : 0;
        }

        return elements;
    }

    private static long Count(byte[] bytes, string text) => bytes.AsSpan().Count(Encoding.UTF8.GetBytes(text));
}
