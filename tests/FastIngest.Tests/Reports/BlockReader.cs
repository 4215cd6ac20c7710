using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace FastIngest.Tests.Reports;

/// <summary>Reads a block of data as the page does, written from the description of the format alone.</summary>
internal sealed class BlockReader
{
    private BlockReader(JsonElement header, Dictionary<string, double?[]> columns) => (Header, Columns) = (header, columns);

    public JsonElement Header { get; }

    public Dictionary<string, double?[]> Columns { get; }

    public static BlockReader Read(byte[] block)
    {
        using MemoryStream unpacked = new();
        using (DeflateStream deflate = new(new MemoryStream(block), CompressionMode.Decompress))
        {
            deflate.CopyTo(unpacked);
        }

        byte[] bytes = unpacked.ToArray();
        int headerBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        JsonElement header = JsonDocument.Parse(bytes.AsMemory(4, headerBytes)).RootElement;
        Dictionary<string, double?[]> columns = [];
        int at = 4 + headerBytes;
        foreach (JsonElement column in header.GetProperty("columns").EnumerateArray())
        {
            int length = column.GetProperty("bytes").GetInt32();
            columns.Add(column.GetProperty("name").GetString()!, Column(bytes.AsSpan(at, length), column.GetProperty("rows").GetInt32(), column.GetProperty("decimals").GetInt32()));
            at += length;
        }

        Assert.Equal(bytes.Length, at);
        return new BlockReader(header, columns);
    }

    public static double?[] Column(ReadOnlySpan<byte> bytes, int rows, int decimals)
    {
        double?[] values = new double?[rows];
        decimal last = 0;
        int at = 0;
        for (int row = 0; row < rows; row++)
        {
            UInt128 code = 0;
            int shift = 0;
            do
            {
                code |= (UInt128)(bytes[at] & 0x7F) << shift;
                shift += 7;
            }
            while (bytes[at++] >= 0x80);
            if (code > 0)
            {
                UInt128 zigzag = code - 1;
                last += zigzag % 2 == 0 ? (decimal)(zigzag / 2) : -(decimal)((zigzag + 1) / 2);
                values[row] = (double)(last / (decimal)Math.Pow(10, decimals));
            }
        }

        Assert.Equal(bytes.Length, at);
        return values;
    }
}
