using System.Text.Json;

namespace HealthIngestion.Report;

/// <summary>The first line of a rejects file: what went wrong first, and where.</summary>
internal sealed record FirstReject(string Reason, string File, long Line)
{
    private const int HeadBytes = 64 * 1024;

    /// <summary>Null when the file cannot be read or holds something else; a report is not worth failing for.</summary>
    public static FirstReject? Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] head = new byte[HeadBytes];
            return Parse(head.AsSpan(0, file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads up to the raw record, which comes last and may be longer than what is at hand.</summary>
    private static FirstReject? Parse(ReadOnlySpan<byte> head)
    {
        Utf8JsonReader json = new(head, isFinalBlock: false, default);
        string? reason = null, file = null;
        long line = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            string name = json.GetString()!;
            if (name is "raw" or "raw_base64" || !json.Read())
            {
                break;
            }

            switch (name)
            {
                case "reason":
                    reason = json.GetString();
                    break;
                case "file":
                    file = json.GetString();
                    break;
                case "line":
                    line = json.GetInt64();
                    break;
            }
        }

        return reason is null || file is null ? null : new FirstReject(reason, file, line);
    }
}
