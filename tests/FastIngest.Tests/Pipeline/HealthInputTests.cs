using FastIngest.Dialects;
using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class HealthInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_come_by_category_and_then_by_the_bytes_of_their_names()
    {
        string[] expected =
            ["users.json", "activities.ndjson", "nutrition-10.json", "nutrition-2.json", "nutrition-Z.json", "nutrition-a.json", "nutrition-é.json", "nutrition-\uFF5E.json", "nutrition-😀.json", "nutrition.json", "measurements.jsonl"];
        foreach (string name in expected.Reverse().Append("notes.txt").Append("users.txt"))
        {
            _folder.Write(name, "[]"u8);
        }

        Directory.CreateDirectory(_folder.File("sleep.json"));
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        Assert.Equal(expected, files.Infos.Select(i => Path.GetFileName(i.Path)));
        Assert.Equal(expected, files.Files.Select(f => Path.GetFileName(f.Path)));
        Assert.Equal(2 * expected.Length, files.EstimatedBytes);
        Assert.Equal(["notes.txt", "users.txt"], files.Unread.Select(u => Path.GetFileName(u.Path)));
    }

    [Fact]
    public void A_file_that_is_named_twice_is_read_once()
    {
        string path = _folder.Write("users.json", "[]"u8);
        using HealthInput files = HealthInput.Open([path, _folder.Path, Path.Combine(_folder.Path, ".", "users.json")], DialectCatalog.All, null, new InputOptions());
        Assert.Equal([Category.Users], files.Categories);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_fault_that_names_it()
    {
        Fails(_folder.Path, "No health files in");
        Fails(_folder.File("missing"), "does not exist");
        Fails(_folder.Write("notes.txt", "x"u8), "is not named after a category");

        static void Fails(string path, string message)
        {
            IngestException fault = Assert.Throws<IngestException>(() => HealthInput.Open([path], DialectCatalog.All, null, new InputOptions()));
            Assert.Contains(message, fault.Message, StringComparison.Ordinal);
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        }
    }
}
