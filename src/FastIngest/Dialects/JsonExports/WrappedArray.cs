using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Sources;

namespace FastIngest.Dialects.JsonExports;

/// <summary>An array with a known name in the object at the beginning of a file, which may itself stand in an array.</summary>
/// <param name="Names">The names in the object before and at the array; all names that the head shows when the array is missing.</param>
/// <param name="Texts">The texts of the object before the array, by name.</param>
/// <param name="First">The offset after the opening bracket of the array; null without such an array.</param>
internal sealed record WrappedArray(IReadOnlySet<string> Names, IReadOnlyDictionary<string, string> Texts, long? First)
{
    private const int MaxNames = 500;

    /// <summary>Searches the head of a file.</summary>
    /// <param name="head">The first bytes in UTF-8.</param>
    /// <param name="name">The name of the array; empty to read only the names and texts.</param>
    public static WrappedArray Find(ReadOnlySpan<byte> head, string name)
    {
        HashSet<string> names = [];
        Dictionary<string, string> texts = [];
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        Utf8JsonReader json = new(head[start..], isFinalBlock: false, state: default);
        string member = "";
        try
        {
            bool isOpen = json.Read();
            if (isOpen && json.TokenType == JsonTokenType.StartArray)
            {
                isOpen = json.Read();
            }

            int depth = json.CurrentDepth + 1;
            isOpen &= json.TokenType == JsonTokenType.StartObject;
            while (isOpen && names.Count < MaxNames && json.Read() && json.CurrentDepth >= depth)
            {
                if (json.CurrentDepth > depth)
                {
                    continue;
                }

                switch (json.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        member = FileHead.NameOf(ref json);
                        names.Add(member);
                        break;
                    case JsonTokenType.String:
                        texts[member] = FileHead.NameOf(ref json);
                        break;
                    case JsonTokenType.StartArray when member == name:
                        return new WrappedArray(names, texts, start + json.BytesConsumed);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a name with a lone surrogate cannot be compared
        {
            // What stands before the damage is sufficient.
        }

        return new WrappedArray(names, texts, null);
    }

    /// <summary>Finishes a file of which only that array is read: lists what follows it.</summary>
    public static PartEnd Finish(JsonExportPlan plan, FramePosition last)
    {
        if (last.State == FrameState.Wrapped)
        {
            return new PartEnd(null, true, []);
        }

        using WrapperScan scan = new(plan.File);
        WrapperRest rest = scan.Scan(last.Offset, 1 - last.State.Braces(), _ => false);
        return new PartEnd(null, !rest.IsClosed, rest.Unread);
    }
}
