using FastIngest.Tests.Support;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>Writes a message in another valid form, as any library of Protocol Buffers may.</summary>
internal static class OtherForms
{
    public static byte[] Of(Random random, byte[] message, MessageDescriptor type, bool hasUnknown)
    {
        List<(int Field, byte[] Bytes)> pieces = [];
        CodedInputStream input = new(message);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            FieldDescriptor field = type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag));
            foreach (byte[] piece in Pieces(random, input, field, WireFormat.GetTagWireType(tag), hasUnknown))
            {
                pieces.Add((field.FieldNumber, piece));
            }
        }

        if (hasUnknown)
        {
            pieces.Add((100, Unknown(random)));
        }

        // Values of one field keep their order.
        Dictionary<int, double> order = pieces.Select(p => p.Field).Distinct().ToDictionary(f => f, _ => random.NextDouble());
        return [.. pieces.Select((p, i) => (p, i)).OrderBy(p => order[p.p.Field]).ThenBy(p => p.i).SelectMany(p => p.p.Bytes)];
    }

    private static IEnumerable<byte[]> Pieces(Random random, CodedInputStream input, FieldDescriptor field, WireFormat.WireType wireType, bool hasUnknown)
    {
        switch (wireType)
        {
            case WireFormat.WireType.Varint:
                yield return Write(field, WireFormat.WireType.Varint, [.. Long(input.ReadUInt64(), random)]);
                break;
            case WireFormat.WireType.Fixed64:
                yield return Write(field, WireFormat.WireType.Fixed64, BitConverter.GetBytes(input.ReadFixed64()));
                break;
            default:
                byte[] bytes = input.ReadBytes().ToByteArray();
                if (field.FieldType == FieldType.Message)
                {
                    bytes = Of(random, bytes, field.MessageType, hasUnknown);
                }

                if (field.FieldType is FieldType.Message or FieldType.String or FieldType.Bytes)
                {
                    yield return Write(field, WireFormat.WireType.LengthDelimited, [.. Length(bytes.Length), .. bytes]);
                    break;
                }

                CodedInputStream packed = new(bytes);
                List<byte[]> values = [];
                while (!packed.IsAtEnd)
                {
                    values.Add([.. Long(packed.ReadUInt64(), random)]);
                }

                for (int at = 0; at < values.Count;)
                {
                    int count = random.OneIn(2) ? 1 : random.Next(1, values.Count - at + 1);
                    byte[] some = [.. values.Skip(at).Take(count).SelectMany(v => v)];
                    yield return count == 1 && random.OneIn(2) ? Write(field, WireFormat.WireType.Varint, some)
                        : Write(field, WireFormat.WireType.LengthDelimited, [.. Length(some.Length), .. some]);
                    at += count;
                }

                break;
        }
    }

    private static byte[] Write(FieldDescriptor field, WireFormat.WireType wireType, byte[] value) =>
        [.. Length((int)WireFormat.MakeTag(field.FieldNumber, wireType)), .. value];

    private static IEnumerable<byte> Length(int value) => Varint((ulong)value, 0);

    /// <summary>A number, now and then with more bytes than it needs.</summary>
    private static IEnumerable<byte> Long(ulong value, Random random) => Varint(value, value < 1UL << 49 && random.OneIn(5) ? 2 : 0);

    private static IEnumerable<byte> Varint(ulong value, int extra)
    {
        while (value >= 0x80 || extra > 0)
        {
            extra -= value >= 0x80 ? 0 : 1;
            yield return (byte)(value | 0x80);
            value >>= 7;
        }

        yield return (byte)value;
    }

    /// <summary>Fields of every wire type that the schema does not have.</summary>
    private static byte[] Unknown(Random random)
    {
        using MemoryStream stream = new();
        using CodedOutputStream output = new(stream);
        output.WriteTag(100, WireFormat.WireType.Varint);
        output.WriteUInt64((ulong)random.NextInt64());
        output.WriteTag(101, WireFormat.WireType.Fixed32);
        output.WriteFixed32(1);
        output.WriteTag(102, WireFormat.WireType.Fixed64);
        output.WriteFixed64(1);
        output.WriteTag(103, WireFormat.WireType.LengthDelimited);
        output.WriteString("unknown");
        output.WriteTag(104, WireFormat.WireType.StartGroup);
        output.WriteTag(105, WireFormat.WireType.Varint);
        output.WriteUInt64(7);
        output.WriteTag(104, WireFormat.WireType.EndGroup);
        output.Flush();
        return stream.ToArray();
    }
}
