using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FastIngest.Net.S3;

/// <summary>Signs requests by the rule of AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.</summary>
internal static class SigV4
{
    /// <summary>Returns the value of the header <c>Authorization</c>.</summary>
    /// <param name="credentials">The key.</param>
    /// <param name="region">The region, such as <c>us-east-1</c>.</param>
    /// <param name="service">The service, such as <c>s3</c>.</param>
    /// <param name="time">The time of the request, which is also in its header <c>x-amz-date</c>.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path of the URL, percent-encoded.</param>
    /// <param name="query">The query of the URL without its question mark, percent-encoded.</param>
    /// <param name="headers">The headers to sign, with names in lower case.</param>
    /// <param name="bodyHash">The SHA-256 of the body in hexadecimal digits.</param>
    public static string Authorize(
        S3Credentials credentials, string region, string service, DateTime time, string method, string path, string query, IEnumerable<(string Name, string Value)> headers, string bodyHash)
    {
        (string Name, string Value)[] signed = [.. headers];
        Array.Sort(signed, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        string names = string.Join(';', Array.ConvertAll(signed, h => h.Name));
        string request = string.Join(
            '\n', method, path, Sorted(query), string.Concat(Array.ConvertAll(signed, h => $"{h.Name}:{h.Value.Trim()}\n")), names, bodyHash);
        string day = time.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string scope = $"{day}/{region}/{service}/aws4_request";
        string text = $"AWS4-HMAC-SHA256\n{TimeText(time)}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(request))}";

        byte[] key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey);
        foreach (string part in (string[])[day, region, service, "aws4_request", text])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return $"AWS4-HMAC-SHA256 Credential={credentials.KeyId}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(key)}";
    }

    /// <summary>The time as the header <c>x-amz-date</c> has it.</summary>
    public static string TimeText(DateTime time) => time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The SHA-256 in hexadecimal digits.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Percent-encodes all but letters, digits, <c>-._~</c> and, in a path, slashes.</summary>
    public static string Encode(string text, bool isPath = false)
    {
        StringBuilder encoded = new(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' || (isPath && c == '/'))
            {
                encoded.Append(c);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }

    private static string Sorted(string query)
    {
        string[] parts = Array.ConvertAll(query.Split('&', StringSplitOptions.RemoveEmptyEntries), p => p.Contains('=') ? p : p + "=");

        // Names end with '=', which may come after the next character of a longer name.
        Array.Sort(parts, (a, b) => string.CompareOrdinal(a.Replace('=', '\0'), b.Replace('=', '\0')));
        return string.Join('&', parts);
    }
}
