using FastIngest.Health;

namespace FastIngest.Pipeline.Original;

/// <summary>A rejected element; of one larger than the largest record only the first bytes are kept.</summary>
internal sealed record OriginalReject(
    int FileIndex, long Offset, long Length, long Line, RejectReason Reason, ReadOnlyMemory<byte> Raw, bool Truncated);

/// <param name="Categories">One entry a category, in category order.</param>
/// <param name="Rejects">In the order of the files, then by offset.</param>
/// <param name="Batches">Rows and profiles in key order; each batch is a new one.</param>
internal sealed record OriginalResult(
    IReadOnlyList<CategoryReport> Categories, IReadOnlyList<OriginalReject> Rejects, IEnumerable<SummaryBatch> Batches);

/// <summary>
/// <c>--mode original</c>: the specification as plainly as it can be said, and the oracle of every test.
/// <see cref="OriginalReader"/> cuts bytes into elements, <see cref="OriginalRecord"/> checks them and knows their
/// fields, <see cref="OriginalDays"/> makes rows of them. One thread, everything in memory, no code shared with the
/// optimized engine.
/// </summary>
internal static class OriginalIngest
{
    /// <exception cref="IngestException">A file cannot be read.</exception>
    public static OriginalResult Read(
        IReadOnlyList<(string Path, Category Category)> files, int maxRecordBytes, CancellationToken cancellationToken)
    {
        OriginalDays days = new();
        List<OriginalReject> rejects = [];
        long[] bytes = new long[Categories.Count], records = new long[Categories.Count];
        for (int f = 0; f < files.Count; f++)
        {
            (string path, Category category) = files[f];
            OriginalReader reader = Open(path, maxRecordBytes);
            bytes[(int)category] += reader.Length;
            while (reader.Read() is OriginalElement element)
            {
                cancellationToken.ThrowIfCancellationRequested();
                records[(int)category]++;
                using (element.Document)
                {
                    OriginalRecord record = new();
                    if ((element.Reason ?? record.Fill(element.Document!.RootElement, category)) is RejectReason reason)
                    {
                        byte[] raw = reader.Bytes(element.Offset, (int)Math.Min(element.Length, maxRecordBytes)).ToArray();
                        rejects.Add(new(f, element.Offset, element.Length, reader.LineNumber(element.Offset), reason, raw, raw.Length < element.Length));
                    }
                    else
                    {
                        days.Add(category, record);
                    }
                }
            }
        }

        IEnumerable<CategoryReport> reports = Enum.GetValues<Category>().Select(category =>
        {
            Dictionary<RejectReason, long> reasons = rejects.Where(r => files[r.FileIndex].Category == category)
                .GroupBy(r => r.Reason).ToDictionary(g => g.Key, g => g.LongCount());
            int fileCount = files.Count(f => f.Category == category);
            long found = records[(int)category];
            return new CategoryReport(category, fileCount, bytes[(int)category], found, found - reasons.Values.Sum(), reasons);
        });
        return new([.. reports], rejects, days.Batches());
    }

    private static OriginalReader Open(string path, int maxRecordBytes)
    {
        try
        {
            return new OriginalReader(path, maxRecordBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            throw new IngestException($"{path} cannot be read: {e.Message}", "Check that the file is there, readable and not being written, and fits in memory.", e);
        }
    }
}
