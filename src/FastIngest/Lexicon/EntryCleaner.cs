using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Json.Structural;

namespace FastIngest.Lexicon;

/// <summary>
/// Creates the entry of a record: reads its fields, cleans and validates them. Each worker has an instance of its own. Once
/// the buffers have the size of the largest texts, cleaning an entry allocates nothing.
/// </summary>
public sealed class EntryCleaner
{
    private readonly EntryFields _fields = new();
    private readonly RecordFields _noFields = new(new FieldNames(false));
    private readonly EntryTexts _texts = new();
    private readonly StructureReader _reader;

    public EntryCleaner()
        : this(InstructionSet.Current)
    {
    }

    internal EntryCleaner(string instructionSet)
    {
        _reader = StructureReader.Create(new EntryReader(_fields), instructionSet);
    }

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>The offset of the error in the record, in bytes, if the record is not JSON or not an object; otherwise 0.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>
    /// Why the record is not an entry: <c>invalid_json</c>, <c>invalid_text</c>, <c>not_an_object</c>, <c>no_headword</c> or
    /// <c>no_language</c>. Null for a valid entry.
    /// </summary>
    public string? Reason { get; private set; }

    public EntryErrors Errors { get; private set; }

    /// <summary>The quality in hundredths: 100 minus 15 per error, at least 10.</summary>
    public int QualityHundredths => EntryErrorNames.QualityHundredths(Errors);

    /// <summary>The number of U+0000 characters removed from the texts of the entry.</summary>
    public int RemovedNuls => _texts.RemovedNuls;

    /// <summary>Whether a valid entry points to another one: its definition is the headword of that entry.</summary>
    public bool IsRedirect => _texts.IsRedirect;

    /// <summary>A cleaned text; empty means null. Valid until the next record.</summary>
    public ReadOnlySpan<byte> Text(EntryColumn column) => _texts[column];

    /// <summary>Whether a text is null.</summary>
    public bool IsNull(EntryColumn column) => _texts[column].IsEmpty;

    /// <summary>Reads and cleans a record.</summary>
    /// <param name="record">One JSON text, optionally with white space around it.</param>
    public CleaningStatus Clean(ReadOnlySpan<byte> record)
    {
        Errors = EntryErrors.None;
        ErrorOffset = 0;
        _texts.Clear();
        if (!_reader.TryRead(record))
        {
            CleaningStatus outcome = ReadPlain(ref record);
            if (outcome != CleaningStatus.Valid)
            {
                return outcome;
            }
        }
        else if (!_fields.IsObject)
        {
            return Fail(CleaningStatus.NotAnObject, "not_an_object", record.IndexOfAnyExcept(WhiteSpace));
        }

        _texts.Clean(record, _fields);
        if (IsNull(EntryColumn.Headword))
        {
            return Fail(CleaningStatus.Invalid, "no_headword", 0);
        }

        if (IsNull(EntryColumn.Language))
        {
            return Fail(CleaningStatus.Invalid, "no_language", 0);
        }

        Errors = EntryValidator.Validate(_texts);
        Reason = null;
        return CleaningStatus.Valid;
    }

    /// <summary>Reads a record with the general reader, which finds the kind and offset of an error.</summary>
    private CleaningStatus ReadPlain(ref ReadOnlySpan<byte> record)
    {
        int leading = record.Length - record.TrimStart(WhiteSpace).Length;
        record = record[leading..];
        ReadStatus status = GeneralReader.Read(record, isFinal: true, _noFields, out int length);
        if (status is ReadStatus.Object or ReadStatus.OtherValue or ReadStatus.InvalidText
            && record[length..].IndexOfAnyExcept(WhiteSpace) is >= 0 and var extra)
        {
            return Fail(CleaningStatus.NotJson, "invalid_json", leading + length + extra);
        }

        switch (status)
        {
            case ReadStatus.Object:
                _reader.ReadPlain(record[..length]);
                return CleaningStatus.Valid;
            case ReadStatus.OtherValue:
                return Fail(CleaningStatus.NotAnObject, "not_an_object", leading);
            case ReadStatus.InvalidText:
                return Fail(CleaningStatus.NotJson, "invalid_text", leading);
            default:
                return Fail(CleaningStatus.NotJson, "invalid_json", leading + length);
        }
    }

    private CleaningStatus Fail(CleaningStatus outcome, string reason, int offset)
    {
        Reason = reason;
        ErrorOffset = offset;
        return outcome;
    }
}
