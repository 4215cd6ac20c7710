using System.Buffers;

namespace FastIngest.Sources.Compression;

/// <summary>Blocks of a compressed file, one after another, that one thread decompresses.</summary>
/// <param name="packedOffset">Where the first block starts in the compressed file.</param>
internal sealed class BlockGroup(long packedOffset)
{
    private readonly List<(int Length, int LineFeeds)> _pieces = [];

    /// <summary>Where the group starts in the compressed file, in bytes.</summary>
    public long PackedOffset => packedOffset;

    /// <summary>The length of the blocks in bytes, compressed.</summary>
    public int PackedLength { get; private set; }

    /// <summary>The length of the blocks in bytes, as they state it.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the blocks have exactly that length.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>The decompressed bytes, if they got no place; otherwise null.</summary>
    public byte[]? Copy { get; private set; }

    /// <summary>Whether a thread has decompressed the group.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether all blocks could be decompressed and have the lengths that they state.</summary>
    public bool IsGood { get; private set; }

    /// <summary>The true length of the decompressed bytes; 0 unless all blocks are good.</summary>
    public int UnpackedLength { get; private set; }

    /// <summary>The lengths of the pieces of the decompressed bytes, with the number of line feeds in each; empty unless all blocks are good.</summary>
    public IReadOnlyList<(int Length, int LineFeeds)> Pieces => _pieces;

    /// <summary>Whether a block fits into a group of about <paramref name="groupBytes"/> bytes. Frames that are skipped are no group of their own.</summary>
    public bool Takes(PackedBlock block, int groupBytes) =>
        PackedLength == 0 || (Length + block.UnpackedLength <= groupBytes && PackedLength + block.Length <= groupBytes)
        || (Length == 0 && PackedLength + block.Length <= PackedBlock.MaxBytes);

    public void Add(PackedBlock block)
    {
        PackedLength += block.Length;
        Length += block.UnpackedLength;
        IsExact &= block.IsExact;
    }

    /// <summary>Decompresses the blocks.</summary>
    /// <param name="packed">The compressed file.</param>
    /// <param name="compression">Its compression.</param>
    /// <param name="place">The place of the decompressed bytes, <see cref="Length"/> bytes; empty if it is not known yet.</param>
    /// <param name="pieceBytes">The length of a piece whose line feeds are counted.</param>
    public void Unpack(IPackedBytes packed, Compression compression, Span<byte> place, int pieceBytes)
    {
        byte[] buffer = [];
        try
        {
            buffer = ArrayPool<byte>.Shared.Rent(PackedLength);
            Copy = place.Length < Length ? ArrayPool<byte>.Shared.Rent(Length) : null;
            Span<byte> unpacked = Copy ?? place;
            packed.Read(buffer.AsSpan(0, PackedLength), packedOffset);
            int count = compression.Unpack(new ArraySegment<byte>(buffer, 0, PackedLength), unpacked[..Length]);
            IsGood = IsExact ? count == Length : count >= 0;
            UnpackedLength = IsGood ? count : 0;
            for (ReadOnlySpan<byte> rest = unpacked[..UnpackedLength]; !rest.IsEmpty;)
            {
                int length = Math.Min(pieceBytes, rest.Length);
                _pieces.Add((length, rest[..length].Count((byte)'\n')));
                rest = rest[length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            IsDone = true;
        }
    }
}
