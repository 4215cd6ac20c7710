using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace FastIngest.Reports;

/// <summary>
/// The data of one person, or of the overview, as the page reads it: raw deflate of
/// <code>
/// uint32, little-endian   length of the header
/// header                  a JSON object; its array "columns" has name, decimals, rows and bytes of each column
/// columns                 the bytes of each column, see <see cref="NumberColumn"/>
/// </code>
/// </summary>
internal static class DataBlock
{
    /// <summary>Makes a block.</summary>
    /// <param name="header">Writes the properties of the header, besides the columns.</param>
    /// <param name="columns">The columns, in order.</param>
    public static byte[] Make(Action<Utf8JsonWriter> header, IReadOnlyList<NumberColumn> columns)
    {
        ArrayBufferWriter<byte> json = new(1024);
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            header(writer);
            writer.WriteStartArray("columns");
            foreach (NumberColumn column in columns)
            {
                writer.WriteStartObject();
                writer.WriteString("name", column.Name);
                writer.WriteNumber("decimals", column.Decimals);
                writer.WriteNumber("rows", column.Rows);
                writer.WriteNumber("bytes", column.Bytes.Length);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using MemoryStream block = new();
        using (DeflateStream deflate = new(block, CompressionLevel.Optimal, leaveOpen: true))
        {
            Span<byte> length = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)json.WrittenCount);
            deflate.Write(length);
            deflate.Write(json.WrittenSpan);
            foreach (NumberColumn column in columns)
            {
                deflate.Write(column.Bytes);
            }
        }

        return block.ToArray();
    }
}
