using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>Counts the records of one file and explains why none of them is an entry, if so.</summary>
internal sealed class FileOutcome(string path)
{
    private const int ShownBytes = 4;

    private readonly Dictionary<string, long> _reasons = [];
    private readonly byte[] _start = new byte[ShownBytes];
    private long _read, _failed;

    /// <summary>Whether the file has records and none of them is an entry.</summary>
    public bool IsUseless => _read > 0 && _failed == _read;

    public void Add(EntryBatch batch)
    {
        if (_read == 0 && batch.RowCount > 0)
        {
            ReadOnlySpan<byte> first = batch.Raw(batch.Rows[0]);
            first[..Math.Min(first.Length, ShownBytes)].CopyTo(_start);
        }

        _read += batch.RowCount;
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            if (row.Reason is { } reason)
            {
                _failed++;
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            }
        }
    }

    /// <summary>One line for the user: that no record is an entry, and the likeliest cause.</summary>
    public string Describe(DictionaryFormat format)
    {
        string reason = _reasons.MaxBy(r => r.Value).Key;
        string what = reason is "no_headword" or "no_language" ? "a dictionary entry" : "a JSON object";
        return $"no record of {path} is {what}: {Cause(reason, format)}";
    }

    private string Cause(string reason, DictionaryFormat format) => _start switch
    {
        _ when reason == "no_headword" => "none has a field word or headword; check that it is a dictionary",
        _ when reason == "no_language" => "none has a field lang_code, lang or language",
        [(byte)'[', ..] when format == DictionaryFormat.Jsonl => "it begins as an array, which is read with --format json",
        [(byte)'<', ..] => "it looks like an HTML or XML page; download the data file itself",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..] => "it looks like UTF-16 or UTF-32 or binary data; dictionaries are UTF-8",
        [(byte)'P', (byte)'K', 3, 4] => "it looks like a zip archive; its name must end in .zip",
        [(byte)'{', ..] when format == DictionaryFormat.Jsonl => "one record may span several lines; try --format json with an array, or write one object a line",
        _ => $"the most frequent reason is {reason}; it may be another format, or a broken download",
    };
}
