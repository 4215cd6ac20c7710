using System.IO.Compression;
using System.Text;

namespace HealthIngestion.Tests;

/// <summary>Which files are read, and what is said when there are none.</summary>
public sealed class InputTests
{
    [Fact]
    public void Without_arguments_DATA_DIR_is_read_into_health_db()
    {
        using Workplace place = Workplace.WithData("export");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATA_DIR", place["export"])]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Equal(["health.db"], place.Files());
    }

    [Fact]
    public void Without_arguments_and_environment_the_data_directory_is_read()
    {
        Assert.SkipWhen(Directory.Exists("/data"), "/data exists here and comes first");
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory);

        Assert.Equal(0, outcome.ExitCode);
        Assert.True(place.Has("health.db"));
    }

    [Fact]
    public void An_empty_DATA_DIR_counts_as_none()
    {
        Assert.SkipWhen(Directory.Exists("/data"), "/data exists here and comes first");
        using Workplace place = Workplace.WithData();

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, [("DATA_DIR", "")]).ExitCode);
    }

    [Fact]
    public void A_path_beats_the_environment()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATA_DIR", "/nowhere")], "ingest", "data");

        Assert.Equal(0, outcome.ExitCode);
    }

    [Theory]
    [InlineData("data", "--to", "ndjson:-")]
    [InlineData("ingest", "data", "--to", "ndjson:-")]
    [InlineData("ingest", "--to=ndjson:-", "data")]
    [InlineData("data/users.json", "data/heart_rate.ndjson", "--to", "ndjson:-")]
    [InlineData("--quiet", "--to", "ndjson:-", "data")]
    [InlineData("--to", "ndjson:-", "--", "data")]
    public void Directories_and_files_are_paths_with_or_without_the_command(params string[] arguments)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(Workplace.Rows, outcome.Output.Count(c => c == '\n'));
    }

    [Fact]
    public void A_directory_called_like_the_command_is_a_path_behind_the_command()
    {
        using Workplace place = Workplace.WithData("ingest");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "ingest", "--to", "ndjson:-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(Workplace.Rows, outcome.Output.Count(c => c == '\n'));
    }

    [Fact]
    public void Nothing_to_read_says_what_to_do()
    {
        Assert.SkipWhen(Directory.Exists("/data"), "/data exists here and comes first");
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("health_ingestion generate", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_path_that_does_not_exist_is_named()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "no/such\nplace");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("no/such place does not exist", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_a_known_file_is_an_error()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".");

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_missing_category_is_a_warning()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--log-level", "warning");

        Assert.Equal(0, outcome.ExitCode);
        Assert.All(outcome.ErrorLines, l => Assert.StartsWith("warning: ", l, StringComparison.Ordinal));
        Assert.Contains(outcome.ErrorLines, l => l.Contains("sleep", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("original")]
    [InlineData("optimized")]
    public void More_compressed_files_are_read_than_address_ranges_fit_into_memory(string mode)
    {
        const int files = 140;
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        for (int i = 0; i < files; i++)
        {
            using GZipStream file = new(File.Create(place[$"data/sleep_{i}.json.gz"]), CompressionLevel.Fastest);
            file.Write(Encoding.UTF8.GetBytes($$"""[{"user_id": "u{{i}}", "date": "2024-01-01", "total_sleep": 7}]"""));
        }

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--mode", mode, "--to", "ndjson:days.ndjson", "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(files, File.ReadLines(place["days.ndjson"]).Count());
    }
}
