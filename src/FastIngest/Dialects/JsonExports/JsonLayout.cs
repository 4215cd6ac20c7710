using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Dialects.JsonExports;

/// <summary>
/// The layout of the records of one kind of JSON file: the names of the fields that are read, and what they mean. A layout is
/// stateless and serves all workers; the plan of a file may create one of its own, with what the file says once for all records.
/// </summary>
internal abstract class JsonLayout
{
    /// <summary>The names of the fields, with paths for nested ones, see <see cref="FieldNames.HasPaths"/>.</summary>
    public abstract FieldNames Names { get; }

    /// <summary>The category of most records, in which fields that are not read count.</summary>
    public virtual Category Category => Category.Samples;

    /// <summary>Reads a record: passes it on, rejects it or passes it over.</summary>
    public abstract void Read(in JsonRecord record, RecordReceiver records);
}
