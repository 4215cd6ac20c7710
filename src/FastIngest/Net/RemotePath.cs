namespace FastIngest.Net;

/// <summary>Paths of inputs that are no local files: <c>https://HOST/FILE</c>, <c>http://HOST/FILE</c> and <c>s3://BUCKET/KEY</c>.</summary>
public static class RemotePath
{
    /// <summary>How the path of an object in S3 begins.</summary>
    public const string S3 = "s3://";

    private static readonly string[] Schemes = ["https://", "http://", S3];

    /// <summary>Whether a path is one of them.</summary>
    public static bool Is(string path) => Array.Exists(Schemes, s => path.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a path is that of a bucket or prefix in S3, which is read like a folder.</summary>
    public static bool IsFolder(string path) => IsOfS3(path) && (path.EndsWith('/') || !path.AsSpan(S3.Length).Contains('/'));

    /// <summary>Whether a URL names a user or a password.</summary>
    public static bool HasUser(string path) => Is(path) && !IsOfS3(path) && Authority(path).Contains('@');

    /// <summary>Returns a path as messages show it: without user, password and the values of its query, any of which may be a secret.</summary>
    public static string Show(string path)
    {
        if (!Is(path) || IsOfS3(path))
        {
            return path;
        }

        int start = path.IndexOf("://", StringComparison.Ordinal) + 3;
        ReadOnlySpan<char> authority = Authority(path);
        string rest = path[(start + authority.Length)..];
        int end = rest.AsSpan().IndexOfAny('?', '#');
        return string.Concat(path.AsSpan(0, start), authority[(authority.LastIndexOf('@') + 1)..], end < 0 ? rest : rest.AsSpan(0, end), end >= 0 && rest[end] == '?' ? "?…" : "");
    }

    /// <summary>Whether a path is in S3.</summary>
    public static bool IsOfS3(string path) => path.StartsWith(S3, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Authority(string path)
    {
        ReadOnlySpan<char> rest = path.AsSpan(path.IndexOf("://", StringComparison.Ordinal) + 3);
        int end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }
}
