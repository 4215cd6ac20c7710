using FastIngest.Net;
using FastIngest.Net.S3;

namespace FastIngest.Tests.Net;

public sealed class RemotePathTests
{
    [Theory]
    [InlineData("https://ada:pw@host:8443/a/b.zip?key=1#x", "https://host:8443/a/b.zip?…")]
    [InlineData("https://host/a@b.zip", "https://host/a@b.zip")]
    [InlineData("http://a@b@host?x", "http://host?…")]
    [InlineData("s3://bucket/a?b@c", "s3://bucket/a?b@c")]
    [InlineData("data/https://x", "data/https://x")]
    public void What_may_be_secret_is_not_shown(string path, string shown) => Assert.Equal(shown, RemotePath.Show(path));

    [Theory]
    [InlineData("s3://bucket", true)]
    [InlineData("s3://bucket/", true)]
    [InlineData("S3://bucket/a/", true)]
    [InlineData("s3://bucket/a", false)]
    [InlineData("https://host/a/", false)]
    public void A_prefix_ends_with_a_slash(string path, bool isFolder) => Assert.Equal(isFolder, RemotePath.IsFolder(path));

    [Fact]
    public void Elements_of_a_listing_are_found_and_decoded()
    {
        const string Xml = "<?xml version=\"1.0\"?><ListBucketResult><Contents><Key>a&amp;b &#233;.json</Key><Size>3</Size></Contents><Contents><Key>c</Key></Contents><Contents><Key>cut";
        int position = 0;
        Assert.True(S3Xml.TryFind(Xml, "Contents", ref position, out ReadOnlySpan<char> first));
        Assert.Equal("a&b é.json", S3Xml.TextOf(first, "Key"));
        Assert.True(S3Xml.TryFind(Xml, "Contents", ref position, out ReadOnlySpan<char> second));
        Assert.Null(S3Xml.TextOf(second, "Size"));
        Assert.False(S3Xml.TryFind(Xml, "Contents", ref position, out _));
    }
}
