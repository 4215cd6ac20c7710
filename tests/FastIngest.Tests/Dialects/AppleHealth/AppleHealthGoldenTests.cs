using System.IO.Compression;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.AppleHealth;

/// <summary>The golden exports of Apple Health, whose rows were worked out by hand.</summary>
public sealed class AppleHealthGoldenTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "data", "dialects", "apple-health");

    private static readonly string Expected = File.ReadAllText(Path.Combine(Folder, "expected.ndjson"));

    [Fact]
    public void The_golden_exports_give_their_rows_however_they_are_read()
    {
        string? rejects = null;
        foreach (int workers in (int[])[1, 4])
        {
            foreach (int chunkBytes in (int[])[0, 7, 64, 333, 1000, 4096, 1 << 20])
            {
                foreach (IoMode io in (IoMode[])[IoMode.Mmap, IoMode.Pread])
                {
                    foreach (int partitions in (int[])[0, 5])
                    {
                        RunResult run = Run.Ingest(Options(Folder) with { Workers = workers, ChunkBytes = chunkBytes, Io = io, Partitions = partitions });
                        string how = $"{workers} workers, {chunkBytes} bytes, {io}, {partitions} partitions";
                        Same.Text(Expected, run.Rows, how);
                        Same.Text(rejects ??= run.Rejects, run.Rejects, how);
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_element_is_aggregated_repeated_rejected_or_passed_over_by_name()
    {
        IngestReport report = Run.Ingest(Options(Folder)).Report;
        Assert.Equal(report.Records, report.Aggregated + report.Repeated + report.Rejected + report.Categories.Sum(c => c.PassedOver));
        CategoryReport samples = report.Categories.Single(c => c.Category == Category.Samples);
        Assert.Equal(1, samples.Repeated);
        Assert.Equal(1, samples.RejectedByReason[RejectReason.NoDate]);
        Assert.Equal(2, samples.RejectedByReason[RejectReason.NoValue]);
        Assert.Equal(3, samples.RejectedByReason[RejectReason.InvalidXml]);
        Assert.Equal(3, report.Categories.Single(c => c.Category == Category.Workouts).Aggregated);
        Assert.Equal(
            "ActivitySummary 1, ClinicalRecord 1, Correlation 1, ExportDate 1, FileReference 1, HKCategoryValueSleepAnalysisDreaming 1, "
            + "HeartRateVariabilityMetadataList 1, InstantaneousBeatsPerMinute 2, Me 1, MetadataEntry 5, Record in a Correlation 2, StateOfMind 1, "
            + "WorkoutActivity 1, WorkoutEvent 1, WorkoutRoute 1, WorkoutStatistics 3",
            string.Join(", ", report.PassedOver.Select(p => $"{System.Text.Encoding.UTF8.GetString(p.Name)} {p.Count}")));
    }

    [Fact]
    public void The_clinical_document_beside_the_export_is_named_as_not_read()
    {
        IngestReport report = Run.Ingest(Options(Folder)).Report;
        UnreadFile unread = Assert.Single(report.Unread, u => u.Path.EndsWith("export_cda.xml", StringComparison.Ordinal));
        Assert.Equal("it is an XML document", unread.Reason);
    }

    [Fact]
    public void A_zip_file_and_a_gzip_file_are_read_like_the_files_in_them()
    {
        using TemporaryFolder folder = new();
        string zip = folder.File("exportaci\u00F3n.zip");
        ZipFile.CreateFromDirectory(Path.Combine(Folder, "apple_health_export"), zip, CompressionLevel.Fastest, includeBaseDirectory: true);
        Same.Text(Expected, Run.Ingest(Options(zip) with { ChunkBytes = 1000 }).Rows, "zip");

        using TemporaryFolder packed = new();
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Folder, "apple_health_export"), "*.xml"))
        {
            using GZipStream gzip = new(File.Create(packed.File(Path.GetFileName(path) + ".gz")), CompressionLevel.Fastest);
            gzip.Write(File.ReadAllBytes(path));
        }

        Same.Text(Expected, Run.Ingest(Options(packed.Path)).Rows, "gzip");
    }

    private static IngestOptions Options(string path) => new() { Paths = [path], UserId = "ada", Today = new DateOnly(2025, 1, 1) };
}
