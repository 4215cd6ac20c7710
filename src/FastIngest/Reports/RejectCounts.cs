using System.Text.Json;

namespace FastIngest.Reports;

/// <summary>The rejects of a run with the same category and reason.</summary>
/// <param name="Category">The category, as the rejects file has it.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Count">The number of rejects.</param>
internal sealed record RejectCount(string Category, string Reason, long Count);

/// <summary>The rejects of a run by category and reason, counted from its rejects file.</summary>
internal static class RejectCounts
{
    private const int MaxReasons = 200;

    /// <summary>Counts the lines of a rejects file. Lines of any length are read in pieces of bounded size.</summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IngestException">The file cannot be read, or is no rejects file.</exception>
    public static async Task<RejectCount[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        Dictionary<string, RejectCount> counts = new(StringComparer.Ordinal);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            byte[] buffer = new byte[256 << 10];
            int length = 0, lineNumber = 1;
            bool isRest = false;
            while (true)
            {
                int read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                length += read;
                int start = 0;
                while (buffer.AsSpan(start, length - start).IndexOf((byte)'\n') is >= 0 and int lineBytes)
                {
                    Count(counts, isRest, buffer.AsSpan(start, lineBytes), path, lineNumber++);
                    isRest = false;
                    start += lineBytes + 1;
                }

                if (start == 0 && length == buffer.Length)
                {
                    // The names come first in a line, so its first piece has them; what follows is the text of the record.
                    Count(counts, isRest, buffer.AsSpan(0, length), path, lineNumber);
                    (isRest, length) = (true, 0);
                    continue;
                }

                buffer.AsSpan(start, length - start).CopyTo(buffer);
                length -= start;
                if (read == 0)
                {
                    Count(counts, isRest || length == 0, buffer.AsSpan(0, length), path, lineNumber);
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{path} cannot be read: {FaultText.OneLine(e.Message)}", "Name the rejects file of a run, or leave out --rejects.", e);
        }

        RejectCount[] sorted = [.. counts.Values];
        Array.Sort(sorted, (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Reason + "\n" + a.Category, b.Reason + "\n" + b.Category));
        return sorted;
    }

    private static void Count(Dictionary<string, RejectCount> counts, bool isRest, ReadOnlySpan<byte> line, string path, int lineNumber)
    {
        if (isRest)
        {
            return;
        }

        string? category = null, reason = null;
        try
        {
            Utf8JsonReader reader = new(line, isFinalBlock: false, default);
            while ((category is null || reason is null) && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                bool isCategory = reader.ValueTextEquals("category"u8), isReason = reader.ValueTextEquals("reason"u8);
                if (!reader.Read())
                {
                    break;
                }

                category = isCategory && reader.TokenType == JsonTokenType.String ? reader.GetString() : category;
                reason = isReason && reader.TokenType == JsonTokenType.String ? reader.GetString() : reason;
            }
        }
        catch (JsonException)
        {
            // The line is named below.
        }

        if (category is null || reason is null)
        {
            throw new IngestException($"{path} is no rejects file: line {lineNumber} has no category and reason.", "Name the rejects file of a run, or leave out --rejects.");
        }

        (category, reason) = (ShownText.Of(category), ShownText.Of(reason));
        string key = $"{category}\n{reason}";
        if (counts.Count >= MaxReasons && !counts.ContainsKey(key))
        {
            (category, reason, key) = ("other", "other", "other");
        }

        counts[key] = counts.TryGetValue(key, out RejectCount? known) ? known with { Count = known.Count + 1 } : new RejectCount(category, reason, 1);
    }
}
