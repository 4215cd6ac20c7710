using FastIngest.Tests.Net;

namespace HealthIngestion.Tests.Remote;

/// <summary>Requests for S3 are signed, in the right region, and for one version of each object. The server verifies all that.</summary>
public sealed class S3SignatureTests
{
    private const string Prefix = "s3://exports/2024/";

    [Fact]
    public void A_prefix_of_many_pages_is_read_with_keys_of_any_characters()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/a b&c+é~%2F=?#'\"<x>/");
        Outcome outcome = Run(place, server, server.Environment);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
        Assert.InRange(server.Requests.Count(r => r.Contains("list-type=2", StringComparison.Ordinal)), 3, 100);
    }

    [Fact]
    public void The_region_of_a_bucket_is_learned()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        Outcome outcome = Run(place, server, [.. server.Environment, ("AWS_REGION", "us-west-1")]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(Repository.Expected("quirks"), File.ReadAllText(place["many.ndjson"]));
    }

    [Fact]
    public void Without_credentials_requests_are_not_signed()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        (string, string)[] environment = [("AWS_ENDPOINT_URL", server.Endpoint), ("HOME", place.Directory)];
        Outcome refused = Run(place, server, environment);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("AccessDenied", refused.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains("No credentials were found", refused.OnlyErrorLine, StringComparison.Ordinal);
        server.IsPublic = true;
        Assert.Equal(0, Run(place, server, environment).ExitCode);
    }

    [Fact]
    public void A_profile_has_the_credentials()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        Directory.CreateDirectory(place[".aws"]);
        File.WriteAllText(place[".aws/credentials"], $"[team]\naws_access_key_id={S3Server.KeyId}\naws_secret_access_key={S3Server.Secret}\naws_session_token={S3Server.Token}\n");
        File.WriteAllText(place[".aws/config"], $"[profile team]\nregion={S3Server.Region}\nendpoint_url={server.Endpoint}\n");
        Outcome outcome = Run(place, server, [("HOME", place.Directory), ("AWS_PROFILE", "team")]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    [Theory]
    [InlineData("AWS_SECRET_ACCESS_KEY", "wr0ng", "SignatureDoesNotMatch")]
    [InlineData("AWS_SESSION_TOKEN", "wr0ng", "InvalidAccessKeyId")]
    public void A_wrong_secret_is_an_error_that_does_not_show_it(string name, string value, string said)
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        Outcome outcome = Run(place, server, [.. server.Environment, (name, value)]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains($"Check that the key {S3Server.KeyId} may do that", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotMatch("wr0ng|" + S3Server.Secret, outcome.Error);
    }

    [Fact]
    public void An_object_that_changes_after_the_listing_is_an_error()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        server.BeforeRead = key => server.Objects[key] = [.. server.Objects[key], (byte)' '];
        Outcome outcome = Run(place, server, server.Environment);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(" changed while the run was under way: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_object_is_named_as_not_read()
    {
        using Workplace place = Workplace.Empty();
        using S3Server server = Filled("2024/");
        server.Objects["2024/sleep-2.json"] = [];
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, server.Environment, Prefix, "s3://exports/2024/sleep-2.json", "--to", "ndjson:many.ndjson");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("s3://exports/2024/sleep-2.json: not read: it is empty", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("s3://exports/2024/sleep-2.json: not read: it is named twice", outcome.Error, StringComparison.Ordinal);
    }

    private static S3Server Filled(string prefix)
    {
        S3Server server = new();
        foreach (string file in Directory.GetFiles(Repository.Set("quirks")).Where(f => !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal)))
        {
            server.Objects[prefix + Path.GetFileName(file)] = File.ReadAllBytes(file);
        }

        return server;
    }

    private static Outcome Run(Workplace place, S3Server server, (string, string)[] environment) =>
        HealthIngestionProcess.Run(place.Directory, environment, Prefix, "--to", "ndjson:many.ndjson", "--quiet");
}
