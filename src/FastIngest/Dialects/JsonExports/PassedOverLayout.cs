using System.Text;
using FastIngest.Dialects.Contract;
using FastIngest.Json;

namespace FastIngest.Dialects.JsonExports;

/// <summary>The layout of files whose records are known but not read. They are counted by the name of their kind.</summary>
/// <param name="kind">The name of the kind.</param>
internal sealed class PassedOverLayout(string kind) : JsonLayout
{
    private static readonly FieldNames None = new(takesOthers: false);

    private readonly byte[] _kind = Encoding.UTF8.GetBytes(kind);

    public override FieldNames Names => None;

    public override void Read(in JsonRecord record, RecordReceiver records) => records.PassOver(_kind);
}
