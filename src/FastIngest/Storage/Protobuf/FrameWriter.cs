using System.Text;
using FastIngest.Health;
using FastIngest.Proto;

namespace FastIngest.Storage.Protobuf;

/// <summary>Writes the frames of a file, each after its length, to a buffer.</summary>
internal sealed class FrameWriter
{
    private readonly WireWriter _content = new(), _categories = new();

    public WireWriter Buffer { get; } = new();

    public void WriteHeader(RepeatRule repeats)
    {
        _content.Clear();
        _content.Bytes(HeaderField.Format, Encoding.UTF8.GetBytes(ProtoFormat.Name));
        _content.Number(HeaderField.Version, ProtoFormat.Version);
        _content.Bytes(HeaderField.Program, Encoding.UTF8.GetBytes($"health_ingestion {typeof(FrameWriter).Assembly.GetName().Version?.ToString(3)}"));
        WriteCategories(HeaderField.Repeats, repeats.Categories);
        WriteCategories(HeaderField.Identified, repeats.Identified);
        WriteFrame(0, FrameField.Header, _content.Written);
    }

    public void WriteBatch(uint file, ReadOnlySpan<byte> batch) => WriteFrame(file, FrameField.Batch, batch);

    public void WriteEnd(long records, long batches)
    {
        _content.Clear();
        _content.Number(EndField.Records, (ulong)records);
        _content.Number(EndField.Batches, (ulong)batches);
        WriteFrame(0, FrameField.End, _content.Written);
    }

    private void WriteCategories(int field, uint bits)
    {
        _categories.Clear();
        for (int category = 0; category < Categories.Count; category++)
        {
            if ((bits >> category & 1) != 0)
            {
                _categories.Varint((ulong)category + 1);
            }
        }

        if (_categories.Length > 0)
        {
            _content.Bytes(field, _categories.Written);
        }
    }

    private void WriteFrame(uint file, int field, ReadOnlySpan<byte> content)
    {
        int fileBytes = file == 0 ? 0 : 1 + WireWriter.VarintBytes(file);
        Buffer.Varint((ulong)(ProtoFormat.Sync.Length + fileBytes + 1 + WireWriter.VarintBytes((ulong)content.Length) + content.Length));
        Buffer.Raw(ProtoFormat.Sync);
        Buffer.Number(FrameField.File, file);
        Buffer.Bytes(field, content);
    }
}
