using FastIngest.Storage.Http;

namespace FastIngest.Tests.Storage.Http;

public class ApiAddressTests
{
    [Theory]
    [InlineData("http://api:5000/ingest", "http://api:5000/ingest", "http://api:5000/ingest")]
    [InlineData("HTTPS://Api.Example/a%20b/", "https://api.example/a%20b/", "https://api.example/a%20b/")]
    [InlineData("http://api", "http://api/", "http://api/")]
    [InlineData("http://[::1]:80/x", "http://[::1]/x", "http://[::1]/x")]
    [InlineData("https://u:p%40ss@api/x?key=abcdef&flag&z=", "https://api/x?key=abcdef&flag&z=", "https://api/x?key=…&…&z=…")]
    [InlineData("weaviate://db/Day", "http://db:8080/", "weaviate://db:8080/Day")]
    [InlineData("weaviate://k@db:80/Day_2", "http://db/", "weaviate://db:80/Day_2")]
    [InlineData("weaviates://db/Day", "https://db/", "weaviates://db:443/Day")]
    public void A_URL_is_parsed_and_its_display_name_has_no_secret(string url, string address, string shown)
    {
        ApiAddress target = ApiAddress.Parse(url, _ => null);
        Assert.Equal((address, shown), (target.Uri.AbsoluteUri, target.DisplayName));
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://s3cr3t@:80:80/")]
    [InlineData("https:///x")]
    [InlineData("http://h/x#s3cr3t")]
    [InlineData("weaviate://s3cr3t@h")]
    [InlineData("weaviate://h/day")]
    [InlineData("weaviate://h/Day/x")]
    [InlineData("weaviate://h/Day?k=s3cr3t")]
    public void An_invalid_URL_is_reported_without_repeating_it(string url)
    {
        IngestException e = Assert.Throws<IngestException>(() => ApiAddress.Parse(url, _ => null));
        Assert.DoesNotContain("s3cr3t", e.Message + e.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_with_a_line_feed_is_rejected_and_not_shown()
    {
        IngestException e = Assert.Throws<IngestException>(() => ApiAddress.Parse("http://h/x", n => n == "API_TOKEN" ? "s3cr3t\r\nX: y" : null));
        Assert.Equal("$API_TOKEN holds characters that no token has.", e.Message);
        Assert.Equal("Bearer t", ApiAddress.Parse("http://h/x", n => n == "API_TOKEN" ? " t\n" : null).Authorization!.ToString());
    }

    [Fact]
    public void Foreign_messages_become_one_short_line()
    {
        ApiAddress target = ApiAddress.Parse("http://u:pass%20word@h/x?key=geheim1", _ => null);
        Assert.Equal("a b *** *** c", target.Clean(" a\nb pass word geheim1 c\0 "));
        Assert.Equal(301, target.Clean(new string('x', 5_000)).Length);
    }
}
