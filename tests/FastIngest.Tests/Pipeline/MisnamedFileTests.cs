using System.IO.Compression;
using System.Text;
using FastIngest.Pipeline;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>Files that hold data under names that do not say so, and files without records under names that seem to mean a category.</summary>
public sealed class MisnamedFileTests : IDisposable
{
    private const string Export = "<?xml version=\"1.0\"?>\n<HealthData locale=\"en\">\n</HealthData>\n";

    private readonly TemporaryFolder _folder = new();

    public MisnamedFileTests() => _folder.Write("sleep.json", "[]"u8);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("export")]
    [InlineData("export.zip.1")]
    public void A_zip_archive_under_another_name_is_called_that(string name)
    {
        UnreadFile unread = UnreadOf(name, Zip("apple_health_export/export.xml"));
        Assert.Equal(("it is a zip archive: rename it, so that its name ends with .zip", true), (unread.Reason, unread.IsExpected));
    }

    [Theory]
    [InlineData("[Content_Types].xml")]
    [InlineData("META-INF/MANIFEST.MF")]
    public void A_document_or_a_program_in_a_zip_archive_holds_no_data(string member)
    {
        UnreadFile unread = UnreadOf("letter.docx", Zip(member));
        Assert.Equal(("its name begins with no category", false), (unread.Reason, unread.IsExpected));
    }

    [Theory]
    [InlineData("export(1)", Export, "it is a gzip file with XML of Apple Health: name the file itself, or rename it, so that its name ends with .xml.gz")]
    [InlineData("apple.bin.gz", Export, "it is a gzip file with XML of Apple Health: name the file itself, or rename it, so that its name ends with .xml.gz")]
    [InlineData("export(1)", "words", "it is a gzip file: name the file itself, or rename it, so that its name says what it holds and ends with .gz")]
    public void A_gzip_file_under_another_name_is_called_that(string name, string content, string reason)
    {
        UnreadFile unread = UnreadOf(name, Gzip(content));
        Assert.Equal((reason, true), (unread.Reason, unread.IsExpected));
    }

    [Theory]
    [InlineData("apple.bin", Export, "it is XML of Apple Health: name the file itself, or rename it, so that its name ends with .xml")]
    [InlineData("days", """[{"calendarDate":"2024-03-31","totalSteps":1}]""", "it is data of Garmin Connect: name the file itself, or rename it, so that its name ends with .json")]
    public void An_export_under_another_name_is_called_that_and_read_when_it_is_named_itself(string name, string content, string reason)
    {
        UnreadFile unread = UnreadOf(name, Encoding.UTF8.GetBytes(content));
        Assert.Equal((reason, true), (unread.Reason, unread.IsExpected));
        Assert.Empty(Run.Ingest(new IngestOptions { Paths = [_folder.File(name)] }).Report.Unread);
    }

    [Theory]
    [InlineData("notes.txt", "words")]
    [InlineData("run.gpx", "<?xml version=\"1.0\"?><gpx></gpx>")]
    [InlineData("log.gz", "words")]
    public void Another_file_is_only_named(string name, string content)
    {
        UnreadFile unread = UnreadOf(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(content) : Encoding.UTF8.GetBytes(content));
        Assert.Equal(("its name begins with no category", false), (unread.Reason, unread.IsExpected));
    }

    /// <summary>Fitbit writes an array without elements for a time without records.</summary>
    [Theory]
    [InlineData("exercise-100.json", "[]")]
    [InlineData("steps-2024-01-01.json", " [\n] \n")]
    [InlineData("a_sleepData.json", "[]")]
    public void A_list_without_elements_is_complete_whatever_its_name_resembles(string name, string content)
    {
        UnreadFile unread = UnreadOf(name, Encoding.UTF8.GetBytes(content));
        Assert.Equal(("it is an empty list, which does not say what it would hold", null, false), (unread.Reason, unread.Guess, unread.IsExpected));
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [_folder.File(name)] }));
        Assert.Contains("it is an empty list", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_archive_is_named_with_one_full_stop()
    {
        using TemporaryFolder folder = new();
        folder.Write("export.zip", "PK\u0003\u0004 and no directory of members, as after an interrupted copy"u8);
        IngestException fault = Assert.Throws<IngestException>(() => Run.Ingest(new IngestOptions { Paths = [folder.Path] }));
        Assert.Contains("export.zip cannot be decompressed:", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Zip(string member)
    {
        using MemoryStream bytes = new();
        using (ZipArchive archive = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry(member).Open();
            entry.Write(Encoding.UTF8.GetBytes(Export));
        }

        return bytes.ToArray();
    }

    private static byte[] Gzip(string content)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(content));
        }

        return bytes.ToArray();
    }

    private UnreadFile UnreadOf(string name, byte[] content)
    {
        _folder.Write(name, content);
        return Assert.Single(Run.Ingest(new IngestOptions { Paths = [_folder.Path] }).Report.Unread);
    }
}
