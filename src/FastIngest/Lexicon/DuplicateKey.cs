using System.Buffers.Binary;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon;

/// <summary>Computes the key that is equal for duplicate entries of a source.</summary>
public static class DuplicateKey
{
    /// <summary>
    /// Returns the first 128 bits of the SHA-256 of language, headword, pos and definition. Each text is preceded by its length,
    /// so that different entries have different hash input, and nobody can craft two entries with the same hash.
    /// </summary>
    /// <param name="cleaner">A cleaner that has just cleaned a valid entry.</param>
    /// <param name="buffer">A scratch buffer; its content is overwritten.</param>
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

    /// <summary>Appends a text with its length. A missing text has length 0, since cleaned texts are never empty.</summary>
    private static void Append(TextBuffer buffer, EntryCleaner cleaner, EntryColumn column)
    {
        ReadOnlySpan<byte> text = cleaner.Text(column);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), text.Length);
        buffer.Advance(sizeof(int));
        buffer.Append(text);
    }
}
