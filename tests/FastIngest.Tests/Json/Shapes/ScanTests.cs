using System.Numerics;
using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json.Shapes;

/// <summary>Unit tests of the fast path's scans, on memory that ends where the readable bytes may end.</summary>
public sealed class ScanTests
{
    private static readonly string[] Pieces =
        ["0", "00", "1", "72", "9999999", "12345678", "123456", "1234567", ".", ".", "-", "e", "E", "e+5", "e-", ",", "}", " ", "\n", "x", "/", ":", "\0", "\xff"];

    [Theory]
    [InlineData("0,", 1, 0)]
    [InlineData("-0,", 2, 0)]
    [InlineData("72}", 2, 72_000_000)]
    [InlineData("-72.5\n", 5, -72_500_000)]
    [InlineData("9999999.999999,", 14, 9_999_999_999_999)]
    [InlineData("0.000001,", 8, 1)]
    [InlineData("10000000,", 0, 0)]
    [InlineData("1.1234567,", 0, 0)]
    [InlineData("01,", 0, 0)]
    [InlineData("-01,", 0, 0)]
    [InlineData("00,", 0, 0)]
    [InlineData("-,", 0, 0)]
    [InlineData("--1,", 0, 0)]
    [InlineData("+1,", 0, 0)]
    [InlineData("1.,", 0, 0)]
    [InlineData(".5,", 0, 0)]
    [InlineData("1e5,", 0, 0)]
    [InlineData("1.5E5,", 0, 0)]
    [InlineData("x", 0, 0)]
    [InlineData("\"72\"", 0, 0)]
    public void A_short_number_is_read_and_any_other_text_is_rejected(string text, int length, long micros)
    {
        Assert.Equal(length, ReadShort(text, out long actual));
        if (length > 0)
        {
            Assert.Equal(micros, actual);
        }
    }

    [Fact]
    public void Every_number_of_few_digits_is_read()
    {
        for (int whole = 0; whole < 10_000; whole++)
        {
            int i = whole * 997 % 10_000_000;
            foreach (string sign in (string[])["", "-"])
            {
                string text = $"{sign}{i}.{(i * 31L % 1_000_000).ToString($"D{(i % 6) + 1}")[^((i % 6) + 1)..]}";
                Assert.Equal(text.Length, ReadShort(text + ",", out long micros));
                Assert.True(DecimalParser.TryParse(text.Bytes(), out long expected));
                Assert.Equal(expected, micros);
            }
        }
    }

    [Fact]
    public void A_number_read_from_random_text_is_complete()
    {
        using GuardedMemory memory = new(4096);
        int read = 0;
        Fuzz.Run(300_000, 100_000, random =>
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Any(Pieces)));
            byte[] padded = new byte[32];
            byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
            bytes.AsSpan(0, Math.Min(32, bytes.Length)).CopyTo(padded);
            Span<byte> place = memory.AtEnd(padded);
            int length = ReadShort(place, out long micros);
            int full = NumberScan.Length(place);
            Assert.True(length == 0 || length == full, $"{text}: {length}, but {full}");
            if (full > 0)
            {
                bool isNumber = DecimalParser.TryParse(place[..full], out long expected);
                System.Text.Json.JsonDocument.Parse(place[..full].ToArray()).Dispose();
                Assert.True(length == 0 || (isNumber && expected == micros), text);
                Assert.False((char)place[full] is >= '0' and <= '9', text);
            }

            read += length > 0 ? 1 : 0;
        });
        Assert.InRange(read, 10_000, int.MaxValue);
    }

    [Theory]
    [InlineData("\"", 0, false)]
    [InlineData("plain\"......", 5, false)]
    [InlineData("caf\u00e9\"", 5, false)]
    [InlineData("a\\n\".......", 3, true)]
    [InlineData("\\u00e9\"", 6, true)]
    [InlineData("\\ud83d\\ude42\"", 12, true)]
    [InlineData("a\\\"b\".....", 4, true)]
    [InlineData("\x7f\"", 1, false)]
    [InlineData("\\ud83d\"", -1, false)]
    [InlineData("\\x\".......", -1, false)]
    [InlineData("\\u12g4\"", -1, false)]
    [InlineData("a\tb\"", -1, false)]
    [InlineData("unclosed", -1, false)]
    [InlineData("ends\\", -1, false)]
    [InlineData("", -1, false)]
    public void A_string_ends_at_its_quote_or_is_rejected(string text, int length, bool isEscaped)
    {
        using GuardedMemory memory = new(4096);
        int result = new StringScan(memory.AtEnd(text.Bytes()), 0).Finish();
        Assert.Equal(length < 0 ? -1 : (length << 1) | (isEscaped ? 1 : 0), result);
    }

    [Fact]
    public void Invalid_UTF_8_is_rejected()
    {
        foreach (byte[] bad in (byte[][])[[0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0xFF]])
        {
            Assert.Equal(-1, new StringScan([.. "ab"u8, .. bad, .. "cd\""u8], 2).Finish());
        }
    }

    [Fact]
    public unsafe void Every_width_sees_the_same_first_difference_and_the_same_first_stop()
    {
        using GuardedMemory left = new(4096);
        using GuardedMemory right = new(4096);
        Fuzz.Run(400_000, 20_000, random =>
        {
            byte[] text = new byte[64];
            for (int i = 0; i < 64; i++)
            {
                text[i] = (byte)(random.OneIn(40) ? random.Next(256) : random.Next(0x23, 0x5B));
            }

            byte[] other = [.. text];
            if (random.OneIn(2))
            {
                other[random.Next(64)] ^= (byte)(1 << random.Next(8));
            }

            int length = random.Next(1, 65);
            ulong mask = ulong.MaxValue >> (64 - length);
            Span<byte> one = left.AtEnd(text);
            Span<byte> two = right.AtEnd(other);
            bool equal = text.AsSpan(0, length).SequenceEqual(other.AsSpan(0, length));
            Assert.Equal(equal, Lanes512.Matches(Address(one), Address(two), mask));
            Assert.Equal(equal, Lanes256.Matches(Address(one), Address(two), mask));
            Assert.Equal(equal, Lanes128.Matches(Address(one), Address(two), mask));
            Assert.Equal(equal, LanesScalar.Matches(Address(one), Address(two), mask));
            int stop = text.AsSpan().IndexOfAnyExcept(Plain);
            stop = stop < 0 ? 64 : stop;
            Assert.Equal(stop, BitOperations.TrailingZeroCount(Lanes512.StringStopMask(Address(one))));
            Assert.Equal(stop, BitOperations.TrailingZeroCount(Lanes256.StringStopMask(Address(one))));
            Assert.Equal(stop, BitOperations.TrailingZeroCount(Lanes128.StringStopMask(Address(one))));
            Assert.Equal(stop, BitOperations.TrailingZeroCount(LanesScalar.StringStopMask(Address(one))));
            int end = text.AsSpan().IndexOfAny(Ends);
            end = end < 0 ? 64 : end;
            bool hasHigh = text.AsSpan(0, end).IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0;
            Assert.Equal((end, hasHigh), FirstEnd(Lanes512.StringEndMask(Address(one), out ulong high), high));
            Assert.Equal((end, hasHigh), FirstEnd(Lanes256.StringEndMask(Address(one), out high), high));
            Assert.Equal((end, hasHigh), FirstEnd(Lanes128.StringEndMask(Address(one), out high), high));
            Assert.Equal((end, hasHigh), FirstEnd(LanesScalar.StringEndMask(Address(one), out high), high));
        });
    }

    /// <summary>The address of bytes in memory that does not move.</summary>
    private static unsafe byte* Address(Span<byte> bytes) => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref bytes[0]);

    private static readonly System.Buffers.SearchValues<byte> Plain = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x60).Select(i => (byte)i).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    private static readonly System.Buffers.SearchValues<byte> Ends = System.Buffers.SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    private static (int End, bool HasHigh) FirstEnd(ulong ends, ulong high)
    {
        int end = BitOperations.TrailingZeroCount(ends);
        return (end, (high & (end == 64 ? ulong.MaxValue : (1ul << end) - 1)) != 0);
    }

    private static int ReadShort(string text, out long micros)
    {
        using GuardedMemory memory = new(4096);
        byte[] padded = new byte[32];
        text.Bytes().CopyTo(padded, 0);
        return ReadShort(memory.AtEnd(padded), out micros);
    }

    /// <summary>The plain reader, which accepts fewer digits, must agree and must accept all numbers of its form.</summary>
    private static unsafe int ReadShort(ReadOnlySpan<byte> text, out long micros)
    {
        fixed (byte* bytes = text)
        {
            int plain = NumberScan.ReadPlain(bytes, out long plainMicros);
            Assert.Equal(plain, NumberScan.PlainLength(bytes));
            int length = NumberScan.ReadShort(bytes, out micros);
            if (plain > 0)
            {
                Assert.Equal((plain, plainMicros), (length, micros));
            }
            else
            {
                Assert.True(length is 0 or >= 8 || bytes[0] == '-', $"a plain number of {length} bytes was rejected");
            }

            return length;
        }
    }
}
