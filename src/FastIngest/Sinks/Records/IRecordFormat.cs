using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>
/// The format in which a sink receives records. Sinks that return the same format share their batches, so that each record
/// is encoded only once.
/// </summary>
internal interface IRecordFormat
{
    /// <summary>Returns a function that creates empty batches. The batches share their memory; any thread may call the function.</summary>
    /// <param name="pieceBytes">The size in bytes of the pieces in which a batch allocates memory.</param>
    Func<RecordBatch> CreateBatches(int pieceBytes);

    /// <summary>Whether the format also holds profiles, the records of <see cref="Category.Users"/>.</summary>
    bool TakesProfiles => false;

    /// <summary>Creates an encoder for the records of one category and one worker.</summary>
    /// <param name="category">Any category; <see cref="Category.Users"/> only if the format takes profiles.</param>
    RecordEncoder CreateEncoder(Category category);
}
