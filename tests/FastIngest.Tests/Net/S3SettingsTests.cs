using FastIngest.Net.S3;
using FastIngest.Tests.Storage;

namespace FastIngest.Tests.Net;

/// <summary>Credentials, regions and endpoints are found where the programs of AWS find them, and secrets are in no message.</summary>
public sealed class S3SettingsTests : IDisposable
{
    private readonly TempFolder _home = new();

    public S3SettingsTests()
    {
        Directory.CreateDirectory(Path.Combine(_home.FullPath, ".aws"));
        File.WriteAllText(Path.Combine(_home.FullPath, ".aws", "credentials"), """
            # keys
            [default]
            aws_access_key_id = D1
            aws_secret_access_key=d-secret
            [work]
            aws_access_key_id=W1
            aws_secret_access_key = w-secret
            aws_session_token = w-token
            [half]
            aws_access_key_id = H1
            """);
        File.WriteAllText(Path.Combine(_home.FullPath, ".aws", "config"), """
            [default]
            region = eu-west-1
            s3 =
                region = nested
            [profile work]
            region = eu-central-1
            endpoint_url = https://objects.example:9000/s3
            [profile sso]
            sso_session = x
            """);
    }

    [Fact]
    public void The_default_profile_is_read()
    {
        S3Settings settings = Load();
        Assert.Equal(new S3Settings(null, "eu-west-1", new S3Credentials("D1", "d-secret", null)), settings);
    }

    [Fact]
    public void A_profile_has_its_own_keys_region_and_endpoint()
    {
        S3Settings settings = Load(("AWS_PROFILE", "work"));
        Assert.Equal(new S3Settings(new Uri("https://objects.example:9000/s3"), "eu-central-1", new S3Credentials("W1", "w-secret", "w-token")), settings);
        Assert.Equal("https://objects.example:9000/s3/b.c/a%20b/%C3%A9/../x?list-type=2", new S3Service(settings, TimeProvider.System).UriOf("b.c", "a b/é/../x", "list-type=2").ToString().Replace(" ", "%20").Replace("é", "%C3%A9"));
    }

    [Fact]
    public void The_environment_comes_first()
    {
        S3Settings settings = Load(
            ("AWS_ACCESS_KEY_ID", "E1"), ("AWS_SECRET_ACCESS_KEY", "e-secret"), ("AWS_REGION", "us-west-2"), ("AWS_ENDPOINT_URL", "http://localhost:1"), ("AWS_ENDPOINT_URL_S3", "http://localhost:2"));
        Assert.Equal(new S3Settings(new Uri("http://localhost:2"), "us-west-2", new S3Credentials("E1", "e-secret", null)), settings);
    }

    [Fact]
    public void Without_any_setting_requests_are_not_signed() =>
        Assert.Equal(new S3Settings(null, "us-east-1", null), S3Settings.Load(_ => null));

    [Theory]
    [InlineData("bucket", "https://bucket.s3.us-east-1.amazonaws.com/k")]
    [InlineData("my.bucket", "https://s3.us-east-1.amazonaws.com/my.bucket/k")]
    public void A_bucket_of_AWS_has_a_host_name_if_its_certificate_fits(string bucket, string url) =>
        Assert.Equal(url, new S3Service(S3Settings.Load(_ => null), TimeProvider.System).UriOf(bucket, "k").ToString());

    [Theory]
    [InlineData("AWS_PROFILE", "none", "The profile none")]
    [InlineData("AWS_PROFILE", "half", "only one of aws_access_key_id")]
    [InlineData("AWS_PROFILE", "sso", "sso_session")]
    [InlineData("AWS_ACCESS_KEY_ID", "E1", "only the first is set")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "e-secret", "only the second is set")]
    [InlineData("AWS_REGION", "evil.example/", "The region of S3")]
    [InlineData("AWS_ENDPOINT_URL", "https://u:e-secret@h", "The endpoint of S3")]
    public void What_is_wrong_is_said_without_secrets(string name, string value, string message)
    {
        IngestException fault = Assert.Throws<IngestException>(() => Load((name, value)));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message.Replace("aws_secret_access_key", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private S3Settings Load(params (string Name, string Value)[] environment) =>
        S3Settings.Load(name => name == "HOME" ? _home.FullPath : environment.FirstOrDefault(e => e.Name == name).Value);
}
