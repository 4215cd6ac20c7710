using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>Splits a file into elements for the reference implementation. It implements docs/reading.md section by section.</summary>
internal sealed class ReferenceJsonReader(byte[] file, int maxRecordBytes)
{
    private enum State { Top, Array, Wrapped, Closed, Single }
    /// <summary>Returns the position of each element with either its bytes or the reason why it cannot be read.</summary>
    /// <param name="part">The position in a further array of a wrapper, or at a further record; null at the beginning of the file.</param>
    /// <param name="last">Receives the position after the last element.</param>
    public IEnumerable<ReferenceRecord> Records(FramePosition? part, StrongBox<FramePosition> last)
    {
        int start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        start = file.Length - file.AsSpan(start).TrimStart(" \t\r\n"u8).Length;
        int braces = 0;
        (int at, State state) = part is { } further ? ((int)further.Offset, further.State == FrameState.Single ? State.Single : State.Wrapped) : FindWrapped(start) ?? (start, State.Top);
        for (; at < file.Length; at++)
        {
            if (state == State.Closed && !" \t\r\n,]}{["u8.Contains(file[at]))
                break; // docs/reading.md calls this state "done"
            if (state == State.Closed && file[at] == '{' && braces > 0 && file.AsSpan(0, at).TrimEnd(" \t\r\n"u8)[^1] == '}' && IsWrapper(at))
                break;
            switch ((char)file[at], state)
            {
                case (' ' or '\t' or '\n' or '\r' or ',', _): break;
                case ('[', State.Top): state = State.Array; break;
                case (']', State.Array): state = State.Top; break;
                case (']', State.Wrapped): (state, braces) = (State.Closed, 0); break;
                case (']' or '}', State.Closed): braces += file[at] == '}' ? 1 : 0; break;
                default:
                    state = state == State.Closed ? State.Wrapped : state;
                    RejectReason? reason = Parse(at, out int end);
                    end = reason is not null ? (reason == RejectReason.TooLarge || state == State.Single ? ClosingBracket(at) : null) ?? Resume(at, end)
                        : file[at] == '[' ? FirstGood(at + 1, end) ?? end
                        : end;
                    yield return new(at, end - at, reason, reason is null ? file.AsMemory(at, end - at) : default);
                    at = end - 1; break;
            }
            if (state == State.Single)
            {
                at++;
                break;
            }
        }
        FrameState reached = state switch { State.Top => FrameState.Top, State.Array => FrameState.Array, State.Wrapped => FrameState.Wrapped, State.Single => FrameState.Done, _ => (FrameState)((int)FrameState.Closed + Math.Min(braces, 15)) };
        last.Value = new(at, reached);
    }

    /// <summary>
    /// Reads over one value. <paramref name="end"/> is the end of the value, the position of the error, or the limit of the
    /// record size.
    /// </summary>
    private RejectReason? Parse(int o, out int end)
    {
        ReadOnlySpan<byte> bytes = file.AsSpan(o, Math.Min(maxRecordBytes, file.Length - o));
        Utf8JsonReader reader = new(bytes, isFinalBlock: o + bytes.Length == file.Length, default);
        try
        {
            bool whole = reader.Read() && reader.TrySkip();
            end = o + (whole ? (int)reader.BytesConsumed : bytes.Length);
            return whole ? null : RejectReason.TooLarge;
        }
        catch (JsonException e)
        {
            end = Enumerable.Range(0, (int)e.LineNumber!).Aggregate(o, (at, _) => Array.IndexOf(file, (byte)'\n', at) + 1) + (int)e.BytePositionInLine!;
            return RejectReason.InvalidJson;
        }
    }

    /// <summary>
    /// Returns where reading resumes after an element that began at o and failed at e: the candidates are the 16 bytes
    /// before e, then the bytes after e.
    /// </summary>
    private int Resume(int o, int e)
    {
        for ((int s, int tries) = (o + 1, 0); ; tries++)
        {
            bool isBefore = tries < 16 && Places(s, e).Any();
            int place = Places(isBefore ? s : Math.Max(s, e), file.Length).FirstOrDefault(file.Length);
            if (place == file.Length || Parse(place, out int failed) is null)
                return place;
            (s, e, tries) = isBefore ? (place + 1, Math.Max(e, failed), tries) : (place + 1, failed, -1);
        }
    }

    /// <summary>Returns the first good one of the first 16 places in an array, which a stray bracket may have opened.</summary>
    private int? FirstGood(int from, int endExcl)
    {
        foreach (int place in Places(from, endExcl).Take(16))
        {
            if (Parse(place, out _) is null)
                return place;
        }
        return null;
    }

    private IEnumerable<int> Places(int from, int endExcl) => Enumerable.Range(from, Math.Max(0, endExcl - from))
        .Where(i => file[i] == '{' && file.AsSpan(0, i).TrimEnd(" \t\r"u8) is [.., (byte)'\n' or (byte)',' or (byte)'}' or (byte)'[']);

    /// <summary>Returns the end of a value that is too large to be read, found only by its brackets and quotes.</summary>
    private int? ClosingBracket(int o)
    {
        (int depth, bool inString, long limit) = (0, false, Math.Min(file.Length, o + (4L * maxRecordBytes)));
        for (int i = o; i < limit && depth <= 64; i++)
        {
            char b = (char)file[i];
            i += inString && b == '\\' ? 1 : 0;
            inString ^= b == '"';
            depth += inString ? 0 : b is '{' or '[' ? 1 : b is '}' or ']' ? -1 : 0;
            if (depth == 0 && !inString)
                return b is '}' or ']' or '"' ? i + 1 : null;
        }
        return null;
    }

    /// <summary>
    /// Returns the first element of the wrapped array that holds the records, if the head is a wrapper: of the first array with
    /// the name of a category or, without one, of the first array. A record with the name of a category may go before it.
    /// </summary>
    private (int At, State State)? FindWrapped(int start)
    {
        int? lone = null;
        Utf8JsonReader reader = new(file.AsSpan(0, Math.Min(4096, file.Length))[Math.Min(4096, start)..], isFinalBlock: false, default);
        (int? first, int? named, int arrays, JsonTokenType before, string key) = (null, null, 0, JsonTokenType.None, "");
        try
        {
            for (; start < file.Length && file[start] == '{' && reader.Read(); before = reader.TokenType)
            {
                if (reader.TokenType == JsonTokenType.PropertyName && arrays == 0)
                    key = Regex.Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
                if ((reader.TokenType, reader.CurrentDepth) == (JsonTokenType.PropertyName, 1) && key == "user_id")
                    return null;
                if (lone is null && arrays == 0 && reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth > 0 && Categories.Parse(key) is not null && IsRecord(start + (int)reader.TokenStartIndex, 4096))
                    lone = start + (int)reader.TokenStartIndex;
                bool isEmpty = reader.TokenType == JsonTokenType.EndArray;
                if (before == JsonTokenType.StartArray && arrays == 1 && (isEmpty || reader.TokenType == JsonTokenType.StartObject))
                {
                    first ??= isEmpty ? null : start + (int)reader.TokenStartIndex;
                    named ??= Categories.Parse(key) is null ? null : start + (int)reader.TokenStartIndex;
                }
                arrays += reader.TokenType == JsonTokenType.StartArray ? 1 : isEmpty ? -1 : 0;
            }
        }
        catch (JsonException) { } // The available bytes end here.
        if (lone is int record && (first is null ? IsWrapper(start, 4096) : record < named))
            return (record, State.Single);
        return first is null ? null : (named ?? first.Value, State.Wrapped);
    }

    /// <summary>Whether an object has a key of a record, and no array of objects, before an offset.</summary>
    private bool IsRecord(int at, int limit) => Members(at, limit) is { Keys: > 0, ArraysOfObjects: 0 };

    /// <summary>Whether an object has a nested value and no key of a record, in its first 4096 bytes and before an offset.</summary>
    private bool IsWrapper(int at, int limit = int.MaxValue) => Members(at, limit) is { Keys: 0, Nested: > 0 };

    private (int Keys, int Nested, int ArraysOfObjects) Members(int at, int limit)
    {
        (int keys, int nested, int lists) = (0, 0, 0);
        Utf8JsonReader reader = new(file.AsSpan(at, Math.Min(Math.Min(limit, file.Length) - at, 4096)), isFinalBlock: false, default);
        Stack<bool> open = new();
        try
        {
            for (string? name = null; reader.Read() && (open.Count != 1 || reader.TokenType != JsonTokenType.EndObject);)
            {
                bool isArray = reader.TokenType == JsonTokenType.StartArray, isOpen = isArray || reader.TokenType == JsonTokenType.StartObject;
                bool isFirst = open.Count > 1 && open.Peek() && open.Count(a => a) == 1 && file[at..(at + (int)reader.TokenStartIndex)].AsSpan().TrimEnd(" \t\r\n"u8)[^1] == '[';
                lists += isOpen && !isArray && isFirst ? 1 : 0;
                nested += isOpen && name is not null ? 1 : 0;
                keys += !isOpen && open.Count == 1 && name is "user_id" or "date" or "date_time" or "timestamp" ? 1 : 0;
                name = reader.TokenType == JsonTokenType.PropertyName ? Regex.Unescape(Encoding.UTF8.GetString(reader.ValueSpan)) : null;
                if (isOpen)
                    open.Push(isArray);
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    open.Pop();
            }
        }
        catch (JsonException) { } // The available bytes end here.
        return (keys, nested, lists);
    }
}
