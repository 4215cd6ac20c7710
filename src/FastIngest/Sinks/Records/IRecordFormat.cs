using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>
/// The form in which a sink takes records. Sinks that return the same format share the batches, so that a record is encoded
/// once for all of them.
/// </summary>
internal interface IRecordFormat
{
    /// <summary>Returns a function that makes empty batches. They share their memory; any thread may call it.</summary>
    /// <param name="pieceBytes">Bytes that a batch takes at a time.</param>
    Func<RecordBatch> CreateBatches(int pieceBytes);

    /// <summary>Creates an encoder of a category's records for one worker.</summary>
    /// <param name="category">Any category but <see cref="Category.Users"/>.</param>
    RecordEncoder CreateEncoder(Category category);
}
