using System.Buffers.Binary;
using System.Text;
using FastIngest.Sources;
using FastIngest.Sources.Compression;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sources;

/// <summary>
/// A compressed file whose blocks are decompressed by several threads at the same time has the bytes, the counted lines and the faults of the same
/// file decompressed in sequence, whatever its headers say.
/// </summary>
public sealed class PackedBlockTests : IDisposable
{
    private static readonly Compression[] Kinds = [new Gzip(), new Zstandard()];

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public static TheoryData<string> Forms => [.. PackedBlocks.Forms];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Blocks_are_decompressed_ahead_and_in_order(string form)
    {
        byte[] text = Text(new Random(1), 3 << 20);
        using UnpackedFile file = Open(PackedBlocks.Of(form, text, 60_000), inBlocks: true);
        Assert.False(file.UnpackAhead(1 << 20));
        file.Reach(1);
        Assert.True(file.UnpackAhead(1 << 20));
        Assert.True(file.UnpackAhead(1 << 20));
        while (file.UnpackAhead(1 << 20))
        {
        }

        // No more is decompressed than was allowed.
        Assert.InRange(file.PackedBytesTo(long.MaxValue - 1), 1, file.PackedLength / 2);
        Assert.Equal(text, ReadAll(file, threads: 3, new Random(2)).Bytes);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Damaged_cut_and_lying_blocks_are_read_as_in_sequence(string form) => Fuzz.Run(seed: 4100, rounds: 40, random =>
    {
        byte[] text = Text(random, random.Next(1, 1_500_000));
        byte[] packed = PackedBlocks.Of(form, text, random.Any([700, 9_000, 65_000]));
        for (int i = random.Next(3); i > 0; i--)
        {
            packed = Damage(random, packed);
        }

        Content expected = ReadAll(Open(packed, inBlocks: false), 1, random);
        Content found = ReadAll(Open(packed, inBlocks: true), random.Next(1, 5), random);
        Assert.Equal(expected.Fault, found.Fault);
        Assert.True(expected.Fault is not null || expected.Bytes.AsSpan().SequenceEqual(found.Bytes), "other bytes");
        Assert.True(expected.Bytes.AsSpan().StartsWith(found.Bytes) || found.Bytes.AsSpan().StartsWith(expected.Bytes), "other bytes before the fault");
    });

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_file_is_read_a_second_time_while_others_read_ahead(string form)
    {
        byte[] text = Text(new Random(3), 2 << 20);
        using UnpackedFile file = Open(PackedBlocks.Of(form, text, 65_000), inBlocks: true);
        for (int i = 0; i < 20; i++)
        {
            file.Reach(400_000 * (i % 5));
            Thread ahead = new(() =>
            {
                while (file.UnpackAhead(long.MaxValue / 2))
                {
                }
            });
            ahead.Start();
            file.Rewind();
            ahead.Join();
            file.Rewind();
        }

        Assert.Equal(text, ReadAll(file, threads: 2, new Random(4)).Bytes);
    }

    [Fact]
    public void Frames_of_megabytes_with_a_checksum_are_decompressed_ahead()
    {
        byte[] text = Text(new Random(8), 5 << 20);
        using UnpackedFile file = Open(PackedBlocks.Of(".checked.zst", text, 1 << 20), inBlocks: true);
        file.Reach(1);
        Assert.False(file.UnpackAhead(100_000));
        Assert.True(file.UnpackAhead(3 << 20));
        Assert.Equal(text, ReadAll(file, threads: 3, new Random(9)).Bytes);
    }

    [Fact]
    public void Text_in_UTF_16_is_decoded()
    {
        string text = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"line {i}\n"));
        byte[] wide = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];
        foreach (string form in PackedBlocks.Forms)
        {
            Assert.Equal(Encoding.UTF8.GetBytes(text), ReadAll(Open(PackedBlocks.Of(form, wide, 50_000), inBlocks: true), 3, new Random(5)).Bytes);
        }
    }

    [Fact]
    public void A_member_whose_data_ends_early_hides_nothing()
    {
        // The length in the header of the second member covers the third one, whose trailer is made to fit: the data ends before it.
        byte[] first = PackedBlocks.Member("first\n"u8), second = PackedBlocks.Member("x"u8), rest = PackedBlocks.Member("x"u8);
        byte[] joined = [.. second, .. rest];
        BinaryPrimitives.WriteUInt16LittleEndian(joined.AsSpan(16), (ushort)(joined.Length - 1));
        byte[] many = [.. Enumerable.Repeat(first, 3).SelectMany(b => b), .. joined, .. first, .. PackedBlocks.Member([])];
        Assert.Equal("first\nfirst\nfirst\nxxfirst\n"u8.ToArray(), ReadAll(Open(many, inBlocks: true), 2, new Random(6)).Bytes);
    }

    [Fact]
    public void A_file_that_grows_beyond_the_limit_is_a_fault()
    {
        byte[] packed = PackedBlocks.Of(".gz", new byte[70 << 20], 65_000);
        Assert.True(packed.Length < 3 << 20);
        Content content = ReadAll(Open(packed, inBlocks: true, new ExpansionLimit(20)), 3, new Random(7));
        Assert.Contains("more than 20 times its size", content.Fault, StringComparison.Ordinal);
    }

    private static byte[] Text(Random random, int length)
    {
        StringBuilder text = new("[{\"user_id\": \"u\"");
        while (text.Length < length)
        {
            text.Append($",\"value\": {random.Next(200)}");
            text.Append(random.OneIn(9) ? "}\n,{" : "");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[] Damage(Random random, byte[] packed)
    {
        byte[] damaged = [.. packed];
        int at = random.Next(damaged.Length);
        switch (random.Next(5))
        {
            case 0:
                damaged[at] ^= (byte)(1 << random.Next(8));
                return damaged;
            case 1:
                return damaged[..at];
            case 2:
                return [.. damaged, .. "hello"u8[..random.Next(5)]];
            case 3:
                return [.. damaged[..at], .. damaged[random.Next(at, damaged.Length)..]];
            default:
                // One of the first bytes of a block: its lengths and flags.
                int start = LastBlockBefore(damaged, at) + random.Next(20);
                damaged[Math.Min(start, damaged.Length - 1)] = (byte)random.Next(256);
                return damaged;
        }
    }

    private static int LastBlockBefore(byte[] packed, int at) => Math.Max(0, packed.AsSpan(0, at).LastIndexOf(packed.AsSpan(0, 4)));

    private UnpackedFile Open(byte[] packed, bool inBlocks, ExpansionLimit? limit = null)
    {
        SourceFile file = SourceFile.Open(_folder.Write($"{Guid.NewGuid():N}", packed), IoMode.Pread);
        Compression compression = Kinds.FirstOrDefault(k => k.Recognises(packed)) ?? Kinds[packed.Length > 12 ? 1 : 0];
        return UnpackedFile.Open(file, inBlocks ? compression : new InSequence(compression), limit ?? ExpansionLimit.Default);
    }

    /// <summary>Reads a file with several threads: some ask for bytes, the others decompress ahead.</summary>
    private static Content ReadAll(UnpackedFile file, int threads, Random random)
    {
        string? fault = null;
        int stepBytes = random.Next(1000, 500_000), readers = (threads + 1) / 2;
        bool isDone = false;
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                for (long end = stepBytes; i < readers && end - stepBytes < file.Length; end += stepBytes)
                {
                    file.Reach(end);
                }

                while (i >= readers && !Volatile.Read(ref isDone))
                {
                    if (!file.UnpackAhead(2 << 20))
                    {
                        Thread.Yield();
                    }
                }
            }
            catch (IngestException e)
            {
                Interlocked.CompareExchange(ref fault, WithoutOffset(e.Message), null);
            }
        }))];
        Array.ForEach(all, t => t.Start());
        Array.ForEach(all[..readers], t => t.Join());
        Volatile.Write(ref isDone, true);
        Array.ForEach(all, t => t.Join());

        // After a fault, the bytes before it are still there.
        long length = fault is null ? file.Length : Written(file);
        byte[] bytes = new byte[length];
        if (length > 0)
        {
            file.Read(bytes, 0);
            (long offset, long feeds) = file.CountedBefore(random.NextInt64(length));
            Assert.Equal(bytes.AsSpan(0, (int)offset).Count((byte)'\n'), feeds);
        }

        file.Dispose();
        return new Content(bytes, fault);
    }

    /// <summary>How far a file was decompressed before its fault.</summary>
    private static long Written(UnpackedFile file) => file.CountedBefore(long.MaxValue).Offset;

    /// <summary>Without the name, which is random, and without the position up to which compressed bytes were read, which depends on the size of a read.</summary>
    private static string WithoutOffset(string message)
    {
        string text = message[message.IndexOf("cannot", StringComparison.Ordinal) is var at and > 0 ? at.. : 0..];
        int before = text.IndexOf(" (at or before byte", StringComparison.Ordinal);
        return before < 0 ? text : text[..before];
    }

    private sealed record Content(byte[] Bytes, string? Fault);

    /// <summary>The same compression without blocks.</summary>
    private sealed class InSequence(Compression compression) : Compression
    {
        public override string Name => compression.Name;

        public override string Ending => compression.Ending;

        public override string TestCommand => compression.TestCommand;

        public override bool Recognises(ReadOnlySpan<byte> magic) => compression.Recognises(magic);

        public override bool RecognisesStart(ReadOnlySpan<byte> magic) => compression.RecognisesStart(magic);

        public override Stream Open(Stream packed) => compression.Open(packed);
    }
}
