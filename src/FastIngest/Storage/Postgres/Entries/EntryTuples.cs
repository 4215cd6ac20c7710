using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>Encodes rows of <c>raw_entries</c> and <c>entries</c> as tuples of COPY.</summary>
internal sealed class EntryTuples(string source)
{
    /// <summary>The columns of a raw entry, in the order of a tuple; the largest column comes last.</summary>
    public const string RawColumns = "id, source_id, checksum, file_path, line_number, raw_data";

    /// <summary>The columns of an entry, in the order of a tuple.</summary>
    public const string EntryColumns =
        "id, source_id, raw_id, headword, headword_key, language, pos, ipa, definition, etymology, quality, errors, duplicate_key, pipeline_version";

    private const int RawFields = 6, EntryFields = 14;
    private const int TextOid = 25;

    private static readonly byte[] Version = Encoding.UTF8.GetBytes(PipelineVersion.Current);

    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);
    private readonly byte[]?[] _errors = new byte[1 << EntryErrorNames.All.Count][];

    /// <summary>Writes a raw entry except for its last field, the record. Of this field only the length is written; the caller sends its bytes.</summary>
    /// <param name="copy">Receives the tuple.</param>
    /// <param name="id">The id of the raw entry.</param>
    /// <param name="row">The record.</param>
    /// <param name="file">The path of the file in UTF-8.</param>
    /// <param name="outcome">The outcome of the record, if the table has it as its first column; otherwise null.</param>
    public void BeginRaw(CopyBuffer copy, long id, in EntryRow row, ReadOnlySpan<byte> file, EntryOutcome? outcome)
    {
        copy.BeginTuple(outcome is null ? RawFields : RawFields + 1);
        if (outcome is { } known)
        {
            copy.Int2((short)known);
        }

        copy.Int8(id);
        copy.Text(_source);
        copy.Text(row.Checksum);
        copy.Text(file);
        copy.Int8(row.LineNumber);
        copy.FieldLength(row.Raw.Length);
    }

    public void WriteEntry(CopyBuffer copy, long rawId, EntryBatch batch, in EntryRow row)
    {
        copy.BeginTuple(EntryFields);
        copy.Uuid(row.Id);
        copy.Text(_source);
        copy.Int8(rawId);
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            if (row.Texts[column].IsNull)
            {
                copy.Null();
            }
            else
            {
                copy.Text(batch.Text(row, (EntryColumn)column));
            }
        }

        copy.Float8(row.QualityHundredths / 100.0);
        copy.Text(_errors[(int)row.Errors] ??= ErrorArray(row.Errors));
        copy.Uuid(ToUuid(row.Key));
        copy.Text(Version);
    }

    /// <summary>The length in bytes of the last field of an entry, the pipeline version.</summary>
    public static int VersionFieldBytes => sizeof(int) + Version.Length;

    private static Guid ToUuid(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// Encodes a <c>text[]</c>: the number of dimensions, a flag for nulls and the type of the elements; then the length and the
    /// lower bound of each dimension; then the length and the bytes of each element. All numbers are Int32.
    /// </summary>
    private static byte[] ErrorArray(EntryErrors errors)
    {
        CopyBuffer array = new(64);
        int count = BitOperations.PopCount((uint)errors);
        array.FieldLength(count > 0 ? 1 : 0);
        array.FieldLength(0);
        array.FieldLength(TextOid);
        if (count > 0)
        {
            array.FieldLength(count);
            array.FieldLength(1);
        }

        for (int rest = (int)errors; rest != 0; rest &= rest - 1)
        {
            array.Text(Encoding.UTF8.GetBytes(EntryErrorNames.All[BitOperations.TrailingZeroCount(rest)]));
        }

        return array.WrittenSpan.ToArray();
    }
}
