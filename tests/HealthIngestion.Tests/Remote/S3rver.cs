using System.Diagnostics;
using System.Globalization;
using FastIngest.Net.S3;

namespace HealthIngestion.Tests.Remote;

/// <summary>A server of S3 that others have written, s3rver from npm, on a free port. It does not verify signatures of version 4. The build script installs it in <c>tests/tools</c>.</summary>
internal sealed class S3rver : IDisposable
{
    public const string Bucket = "exports", KeyId = "S3RVER", Secret = "S3RVER";

    private readonly string _folder = Directory.CreateTempSubdirectory("fastingest-s3-").FullName;
    private readonly Process _process;

    private S3rver(string script)
    {
        _process = HealthIngestionProcess.Start("node", _folder, [], script, "-d", _folder, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets", "--configure-bucket", Bucket);
        string? line;
        do
        {
            line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("s3rver ended: " + _process.StandardError.ReadToEnd());
        }
        while (!line.StartsWith("S3rver listening on ", StringComparison.Ordinal));
        Port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
    }

    public int Port { get; }

    /// <summary>What a client needs in its environment.</summary>
    public (string Name, string Value)[] Environment =>
    [
        ("AWS_ACCESS_KEY_ID", KeyId), ("AWS_SECRET_ACCESS_KEY", Secret), ("AWS_ENDPOINT_URL_S3", $"http://127.0.0.1:{Port}"), ("AWS_REGION", "eu-central-1"), ("HOME", _folder),
    ];

    /// <summary>Starts it, or skips the test where it is not installed; in CI that is a failure.</summary>
    public static S3rver Start()
    {
        Installed.Require("node");
        string script = Path.Combine(Repository.Root, "tests", "tools", "node_modules", "s3rver", "bin", "s3rver.js");
        bool isThere = File.Exists(script);
        Assert.SkipWhen(!isThere && System.Environment.GetEnvironmentVariable("CI") != "true", "s3rver is not installed: (cd tests/tools && npm install)");
        Assert.True(isThere, "s3rver is not installed");
        return new S3rver(script);
    }

    /// <summary>Stores an object.</summary>
    public void Put(string key, byte[] bytes)
    {
        S3Service service = new(S3Settings.Load(n => Environment.FirstOrDefault(e => e.Name == n).Value), TimeProvider.System);
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Put, service.UriOf(Bucket, key)) { Content = new ByteArrayContent(bytes) };
        service.Sign(request, bytes);
        using HttpResponseMessage response = client.Send(request);
        Assert.True(response.IsSuccessStatusCode, $"{key}: {response.StatusCode}");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
