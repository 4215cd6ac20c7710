using System.Collections.Concurrent;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>The format of records for PostgreSQL: tuples of COPY, which are sent to the server unchanged.</summary>
internal sealed class CopyRecordFormat : IRecordFormat
{
    private CopyRecordFormat()
    {
    }

    public static CopyRecordFormat Instance { get; } = new();

    public Func<RecordBatch> CreateBatches(int pieceBytes)
    {
        ConcurrentBag<CopyBuffer> pieces = [];
        return () => new CopyRecordBatch(pieces, pieceBytes);
    }

    public RecordEncoder CreateEncoder(Category category) => new CopyRecordEncoder(category);
}
