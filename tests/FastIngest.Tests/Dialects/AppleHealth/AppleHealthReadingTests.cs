using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.AppleHealth;

/// <summary>Exports of any form are read like those that the platform's XML reader understands; damaged ones are accounted for.</summary>
public sealed class AppleHealthReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_document_means_what_the_XML_reader_of_the_platform_reads() => Fuzz.Run(12, 60, random =>
    {
        byte[] document = AppleHealthDocument.Write(random);
        Dictionary<string, long> names = [];
        byte[] usual = AppleHealthDocument.Normalize(document, names);
        RunResult expected = Read(usual, 0, 1);
        RunResult actual = Read(document, random.Any([7, 50, 300, 1 << 20]), random.Next(1, 4));
        Same.Text(expected.Rows, actual.Rows, Encoding.UTF8.GetString(document));
        Assert.Equal(names.Values.Sum(), actual.Report.Records);
        Assert.Equal(Accepted(expected), Accepted(actual));
        Assert.DoesNotContain(actual.Report.Categories, c => c.RejectedByReason.ContainsKey(RejectReason.InvalidXml));
        Dictionary<string, long> passed = actual.Report.PassedOver.ToDictionary(p => Encoding.UTF8.GetString(p.Name), p => p.Count);
        foreach ((string name, long count) in names.Where(n => n.Key is not ("Record" or "Workout")))
        {
            Assert.Equal((name, count), (name, passed.GetValueOrDefault(name)));
        }
    });

    [Fact]
    public void A_damaged_document_is_read_alike_in_any_chunks_and_nothing_is_lost() => Fuzz.Run(99, 150, random =>
    {
        byte[] document = AppleHealthDocument.Write(random);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next("<HealthData >".Length, document.Length);
            document = random.Next(5) switch
            {
                0 => document[..at],
                1 => [.. document[..at], .. document[Math.Min(document.Length, at + random.Next(1, 40))..]],
                2 => [.. document[..at], random.Any("<>\"'/&=! \0\u000b"u8.ToArray()), .. document[at..]],
                3 => [.. document[..at], .. random.Any([" <!-- "u8.ToArray(), "<![CDATA["u8.ToArray(), "<Correlation a='b'>"u8.ToArray(), "<Workout>"u8.ToArray(), "</HealthData>"u8.ToArray(), "<?"u8.ToArray(), "<!DOCTYPE"u8.ToArray()]), .. document[at..]],
                _ => [.. document[..at], (byte)random.Next(256), .. document[Math.Min(document.Length, at + 1)..]],
            };
            if (document.Length < 20)
            {
                return;
            }
        }

        RunResult expected = Read(document, 0, 1, isForced: true);
        RunResult actual = Read(document, random.Any([7, 64, 400, 4096]), random.Next(1, 4), isForced: true);
        Same.Text(expected.Rows, actual.Rows, Encoding.UTF8.GetString(document));
        Same.Text(expected.Rejects, actual.Rejects, Encoding.UTF8.GetString(document));
        Assert.Equal(expected.Report.Records, actual.Report.Records);
        Assert.Equal(actual.Report.Records, actual.Report.Aggregated + actual.Report.Rejected + actual.Report.Categories.Sum(c => c.PassedOver));
    });

    [Fact]
    public void A_document_that_ends_anywhere_is_cut_off()
    {
        byte[] document = Encoding.UTF8.GetBytes(Document("<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"A\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" endDate=\"2024-06-01 08:10:00 +0200\" value=\"10\">\n  <MetadataEntry key=\"a\" value=\"b\"/>\n </Record>\n <Workout startDate=\"2024-06-01 08:00:00 +0200\"></Workout>"));
        for (int length = "<HealthData locale=\"en_US\">".Length; length < document.Length - 1; length++)
        {
            RunResult run = Read(document[..length], 16, 2);
            Assert.Single(run.Report.CutOff);
            Assert.Equal(run.Report.Records, run.Report.Aggregated + run.Report.Rejected + run.Report.Categories.Sum(c => c.PassedOver));
        }
    }

    [Theory]
    [InlineData("<Record type=\"HKQuantityTypeIdentifierStepCount\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/", "invalid_xml")]
    [InlineData("<Record type=HKQuantityTypeIdentifierStepCount unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/>", "invalid_xml")]
    [InlineData("<Record type=\"a\"unit=\"count\"/>", "invalid_xml")]
    [InlineData("Record type=\"a\"/>", "invalid_xml")]
    [InlineData("<Workout startDate=\"2024-06-01 08:00:00 +0200\"><WorkoutEvent/>", "invalid_xml")]
    [InlineData("<Correlation type=\"x\">", "invalid_xml")]
    [InlineData("<Record startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/>", "no_value")]
    [InlineData("<Record type=\"HKQuantityTypeIdentifierStepCount\" unit=\"count\" value=\"1\"/>", "no_date")]
    [InlineData("<Record type=\"HKQuantityTypeIdentifierStepCount\" unit=\"count\" startDate=\"2024-06-31 08:00:00 +0200\" value=\"1\"/>", "no_date")]
    [InlineData("<Record type=\"HKQuantityTypeIdentifierStepCount\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1,5\"/>", "no_value")]
    [InlineData("<Record type=\"HKQuantityTypeIdentifierBodyMass\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"70\"/>", "no_value")]
    [InlineData("<Workout workoutActivityType=\"x\"/>", "no_date")]
    public void A_record_that_cannot_be_read_is_rejected_by_reason_and_its_neighbours_are_read(string xml, string reason)
    {
        const string Good = "<Record type=\"HKQuantityTypeIdentifierFlightsClimbed\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/>";
        RunResult run = Read(Encoding.UTF8.GetBytes(Document($"{Good}{xml}\n {Good}")), 0, 1);
        Assert.Contains($"\"reason\": \"{reason}\"", run.Rejects, StringComparison.Ordinal);
        Assert.Contains("\"flights_climbed\": {\"sum\": 2.0, \"count\": 2}", run.Rows, StringComparison.Ordinal);
        Assert.Equal(1, run.Report.Rejected);
    }

    [Fact]
    public void A_device_s_memory_address_makes_no_record_another_one()
    {
        string first = Document(Sample("0x1111"));
        string second = Document(Sample("0x2222"));
        string one = _folder.Write("export.xml", Encoding.UTF8.GetBytes(first));
        string two = _folder.Write("export (1).xml", Encoding.UTF8.GetBytes(second));
        RunResult run = Run.Ingest(new IngestOptions { Paths = [one, two] });
        Assert.Equal((1, 1), (run.Report.Aggregated, run.Report.Repeated));

        static string Sample(string address) =>
            $"<Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"W\" device=\"&lt;&lt;HKDevice: {address}&gt;, name:Apple Watch&gt;\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" endDate=\"2024-06-01 08:10:00 +0200\" value=\"10\"/>";
    }

    [Fact]
    public void A_record_larger_than_allowed_is_rejected_and_the_next_one_is_read()
    {
        string large = $"<Record type=\"HKQuantityTypeIdentifierStepCount\" device=\"{new string('x', 5000)}\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/>";
        string small = "<Record type=\"HKQuantityTypeIdentifierStepCount\" device=\"x\" unit=\"count\" startDate=\"2024-06-01 08:00:00 +0200\" value=\"1\"/>";
        byte[] document = Encoding.UTF8.GetBytes(Document($"{small}\n {large}\n {small}\n <!-- {new string('-', 3000)} -->{small}"));
        string path = _folder.Write("export.xml", document);
        foreach (int chunkBytes in (int[])[0, 100, 1000])
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [path], ChunkBytes = chunkBytes, MaxRecordBytes = 2000 });
            Assert.Equal(3, run.Report.Aggregated);
            Assert.Contains("too_large", run.Rejects, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<a>")]
    [InlineData("<Workout><a>")]
    [InlineData("<Correlation>")]
    [InlineData("<Record a=\"")]
    [InlineData("<!--")]
    [InlineData("<![CDATA[")]
    [InlineData("<!DOCTYPE")]
    [InlineData("<")]
    [InlineData("</")]
    [InlineData("<Record a='b' ")]
    public void Hostile_repetition_is_read_in_time_proportional_to_its_length(string piece)
    {
        byte[] document = Encoding.UTF8.GetBytes("<HealthData>" + string.Concat(Enumerable.Repeat(piece, 400_000 / piece.Length)));
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        Read(document, 0, 1);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "Reading took too long.");
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- c -->\n<!DOCTYPE HealthData [", true)]
    [InlineData("\uFEFF<HealthData>", true)]
    [InlineData(" <HealthData locale=\"x\">", true)]
    [InlineData("<!DOCTYPE html><HealthData>", false)]
    [InlineData("<HealthDataset>", false)]
    [InlineData("{\"HealthData\":1}", false)]
    [InlineData("<?xml", false)]
    [InlineData("", false)]
    public void A_document_is_recognised_by_its_root(string head, bool isRecognised) =>
        Assert.Equal(isRecognised, new FastIngest.Dialects.AppleHealth.AppleHealthDialect().Recognises(Encoding.UTF8.GetBytes(head), "x/y.xml"));

    [Theory]
    [InlineData("StepCount", "step_count")]
    [InlineData("VO2Max", "vo2_max")]
    [InlineData("UVExposure", "uv_exposure")]
    [InlineData("HeartRateVariabilityRMSSD", "heart_rate_variability_rmssd")]
    [InlineData("", "")]
    public void A_type_becomes_a_name_in_snake_case(string name, string snake) =>
        Assert.Equal(snake, FastIngest.Dialects.AppleHealth.AppleTypes.SnakeCase(name));

    private static string Document(string content) => $"<HealthData locale=\"en_US\">\n {content}\n</HealthData>\n";

    private static (long, long, long) Accepted(RunResult run) =>
        (run.Report.Records, run.Report.Aggregated, run.Report.Rejected);

    private RunResult Read(byte[] document, int chunkBytes, int workers, bool isForced = false) => Run.Ingest(new IngestOptions
    {
        Paths = [_folder.Write("export.xml", document)],
        ChunkBytes = chunkBytes,
        Workers = workers,
        Partitions = chunkBytes == 0 ? 0 : 3,
        From = isForced ? new FastIngest.Dialects.AppleHealth.AppleHealthDialect() : null,
    });
}
