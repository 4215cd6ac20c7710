using System.Buffers.Binary;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon;

/// <summary>What two entries of a source have in common when one is a duplicate of the other.</summary>
public static class DuplicateKey
{
    /// <summary>
    /// The first 128 bits of a SHA-256 of language, headword, pos and definition, each behind its length, so that no two
    /// different entries have the same bytes hashed, and nobody can make two with the same hash.
    /// </summary>
    /// <param name="cleaner">It holds a valid entry.</param>
    /// <param name="buffer">Space for the bytes; its content is lost.</param>
    public static UInt128 Of(EntryCleaner cleaner, TextBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(cleaner);
        ArgumentNullException.ThrowIfNull(buffer);
        buffer.Clear();
        Append(buffer, cleaner, EntryColumn.Language);
        Append(buffer, cleaner, EntryColumn.Headword);
        Append(buffer, cleaner, EntryColumn.Pos);
        Append(buffer, cleaner, EntryColumn.Definition);
        Span<byte> hash = stackalloc byte[Sha256.Bytes];
        Sha256.Hash(buffer.Text, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>A missing text has length 0: none of those that are there is empty.</summary>
    private static void Append(TextBuffer buffer, EntryCleaner cleaner, EntryColumn column)
    {
        ReadOnlySpan<byte> text = cleaner.Text(column);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), text.Length);
        buffer.Advance(sizeof(int));
        buffer.Append(text);
    }
}
