using FastIngest.Net.S3;

namespace FastIngest.Tests.Net;

/// <summary>Signatures are those of the examples of AWS: its test suite of Signature Version 4, and the guide to S3.</summary>
public sealed class SigV4Tests
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly DateTime Suite = new(2015, 8, 30, 12, 36, 0, DateTimeKind.Utc), Guide = new(2013, 5, 24, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("/", "Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("/ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("/", "", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")]
    public void Signatures_are_those_of_the_test_suite(string path, string query, string token, string signature)
    {
        S3Credentials credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);
        List<(string, string)> headers = [("x-amz-date", "20150830T123600Z"), ("host", "example.amazonaws.com")];
        if (token.Length > 0)
        {
            headers.Add(("x-amz-security-token", token));
        }

        string header = SigV4.Authorize(credentials, "us-east-1", "service", Suite, "GET", SigV4.Encode(path, isPath: true), query, headers, Empty);
        Assert.Equal(signature, header[(header.LastIndexOf('=') + 1)..]);
    }

    [Theory]
    [InlineData("GET", "/test.txt", "", "range:bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("GET", "/", "lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/", "max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    [InlineData("PUT", "/test$file.text", "", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    public void Signatures_are_those_of_the_guide_to_S3(string method, string path, string query, string further, string signature)
    {
        S3Credentials credentials = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);
        string hash = SigV4.Hash(method == "PUT" ? "Welcome to Amazon S3."u8 : []);
        (string, string)[] headers =
        [
            ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", hash), ("x-amz-date", SigV4.TimeText(Guide)),
            .. further.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => (h[..h.IndexOf(':', StringComparison.Ordinal)], h[(h.IndexOf(':', StringComparison.Ordinal) + 1)..])),
        ];
        string header = SigV4.Authorize(credentials, "us-east-1", "s3", Guide, method, SigV4.Encode(path, isPath: true), query, headers, hash);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=", header, StringComparison.Ordinal);
        Assert.EndsWith(",Signature=" + signature, header, StringComparison.Ordinal);
    }
}
