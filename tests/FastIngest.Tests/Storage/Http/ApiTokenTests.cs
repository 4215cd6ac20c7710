using FastIngest.Storage.Http;

namespace FastIngest.Tests.Storage.Http;

/// <summary>Which host gets which token.</summary>
public sealed class ApiTokenTests
{
    [Theory]
    [InlineData("http://api.example.com/x", true, "API_TOKEN=a", "a")]
    [InlineData("http://api.example.com/x", false, "API_TOKEN=a;API_URL=http://API.example.com:80/y", "a")]
    [InlineData("http://api.example.com/x", false, "API_TOKEN=a;API_URL=https://api.example.com/x", null)]
    [InlineData("http://api.example.com/x", false, "API_TOKEN=a;API_URL=http://api.example.com:81/x", null)]
    [InlineData("http://api.example.com/x", false, "API_TOKEN=a;API_URL=http://other/x;API_TOKEN_API_EXAMPLE_COM=b", "b")]
    [InlineData("http://api.example.com:81/x", true, "API_TOKEN=a;API_TOKEN_API_EXAMPLE_COM=b;API_TOKEN_API_EXAMPLE_COM_81=c", "c")]
    [InlineData("http://api.example.com/x", true, "API_TOKEN_API_EXAMPLE_COM_80=c", "c")]
    [InlineData("http://my-api/x", true, "API_TOKEN_MY_API=d", "d")]
    [InlineData("http://[::1]/x", true, "API_TOKEN___1=d", "d")]
    [InlineData("http://other/x", true, "API_TOKEN_MY_API=d", null)]
    [InlineData("weaviate://h/X", true, "API_TOKEN=a;WEAVIATE_API_KEY=w", "w")]
    [InlineData("weaviate://h/X", true, "API_TOKEN=a", "a")]
    [InlineData("weaviate://h/X", false, "API_TOKEN=a;API_URL=http://i/x;WEAVIATE_API_KEY=w;WEAVIATE_URL=weaviate://h/X", "w")]
    [InlineData("weaviate://h/X", false, "API_TOKEN=a;API_URL=http://i/x", null)]
    [InlineData("http://u:p@h/x", true, "API_TOKEN_H=a", "dTpw")]
    public void A_token_is_for_one_host(string url, bool isOnlyApi, string environment, string? token) =>
        Assert.Equal(token, ApiAddress.Parse(url, Variables(environment), isOnlyApi).Authorization?.Parameter);

    [Fact]
    public void A_file_holds_a_token()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["token"], "from-file\n");
        Assert.Equal("from-file", ApiAddress.Parse("http://h/x", Variables($"API_TOKEN_FILE={folder["token"]}")).Authorization!.Parameter);
        Assert.Equal("from-file", ApiAddress.Parse("http://h/x", Variables($"API_TOKEN_H_FILE={folder["token"]};API_TOKEN=x")).Authorization!.Parameter);
        Fails("$API_TOKEN and $API_TOKEN_FILE are both set.", $"API_TOKEN_FILE={folder["token"]};API_TOKEN=x");
        Fails("The file of $API_TOKEN_FILE cannot be read: ", $"API_TOKEN_FILE={folder["none"]}");
        File.WriteAllText(folder["token"], " \n");
        Fails("holds no token", $"API_TOKEN_FILE={folder["token"]}");
    }

    [Fact]
    public void A_token_without_a_host_and_several_APIs_is_an_error()
    {
        IngestException e = Assert.Throws<IngestException>(() => ApiAddress.Parse("http://h:81/x", Variables("API_TOKEN=a"), isOnlyApi: false));
        Assert.Equal("$API_TOKEN is the token of one API, but the run delivers to several. Set a token for each host, such as $API_TOKEN_H, or name the API of $API_TOKEN with $API_URL.", e.Message + " " + e.Remedy);
    }

    [Theory]
    [InlineData("http://api/x", "HTTP_PROXY=http://p:3128", "p:3128 HTTP_PROXY")]
    [InlineData("http://api/x", "http_proxy=p:3128;HTTP_PROXY=http://q", "p:3128 http_proxy")]
    [InlineData("https://api/x", "HTTP_PROXY=http://p:3128", null)]
    [InlineData("https://api/x", "ALL_PROXY=socks5://p", "p:1080 ALL_PROXY")]
    [InlineData("weaviates://api/X", "HTTPS_PROXY=https://u:s3cr3t@p:1", "p:1 HTTPS_PROXY")]
    [InlineData("http://api/x", "HTTP_PROXY=http://p;NO_PROXY=*", null)]
    [InlineData("http://a.example.com/x", "HTTP_PROXY=http://p;no_proxy=localhost, .example.com", null)]
    [InlineData("http://example.com/x", "HTTP_PROXY=http://p;no_proxy=example.com:81", "p:80 HTTP_PROXY")]
    [InlineData("http://notexample.com/x", "HTTP_PROXY=http://p;no_proxy=example.com", "p:80 HTTP_PROXY")]
    [InlineData("http://10.1.2.3/x", "HTTP_PROXY=http://p;no_proxy=10.0.0.0/8", null)]
    [InlineData("http://[::1]/x", "HTTP_PROXY=http://p;no_proxy=::1", null)]
    public void The_environment_names_the_proxy(string url, string environment, string? proxy) =>
        Assert.Equal(proxy, ApiAddress.Parse(url, Variables(environment)).Proxy is { } found ? $"{found.DisplayName} {found.Variable}" : null);

    [Fact]
    public void A_wrong_proxy_is_named_by_its_variable_alone()
    {
        IngestException e = Assert.Throws<IngestException>(() => ApiAddress.Parse("http://h/x", Variables("HTTP_PROXY=ftp://u:s3cr3t@p")));
        Assert.Equal("$HTTP_PROXY does not contain the URL of a proxy.", e.Message);
    }

    private static void Fails(string message, string environment) =>
        Assert.Contains(message, Assert.Throws<IngestException>(() => ApiAddress.Parse("http://h/x", Variables(environment))).Message, StringComparison.Ordinal);

    private static Func<string, string?> Variables(string environment)
    {
        Dictionary<string, string> all = environment.Split(';').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        return name => all.GetValueOrDefault(name);
    }
}
