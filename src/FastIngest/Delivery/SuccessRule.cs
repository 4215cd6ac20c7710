namespace FastIngest.Delivery;

/// <summary>
/// A condition for success on the body of a response, such as <c>status=queued</c> or <c>data.items[0].ok=true</c>. The value
/// <c>*</c> is any but null. The rule <c>any</c> accepts every body and every status code from 200 to 299.
/// </summary>
public sealed record SuccessRule
{
    private SuccessRule(string text, IReadOnlyList<string> path, string value)
    {
        Text = text;
        Path = path;
        Value = value;
    }

    /// <summary>The rule as the user wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether every response with a status code from 200 to 299 means success.</summary>
    public bool IsAny => Path.Count == 0;

    /// <summary>Names of properties, and 0-based indices of arrays, from the top of the body.</summary>
    internal IReadOnlyList<string> Path { get; }

    /// <summary>The text of a string, or a number, true or false as JSON writes it.</summary>
    internal string Value { get; }

    /// <summary>Parses <c>PATH=VALUE</c> or <c>any</c>; null when the text is neither.</summary>
    public static SuccessRule? TryParse(string text)
    {
        if (text == "any")
        {
            return new SuccessRule(text, [], "");
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string path = equals < 0 ? "" : text[..equals].Trim();
        path = (path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path).Replace("]", "", StringComparison.Ordinal).Replace('[', '.');
        string[] names = path.Split('.');
        return equals > 0 && names.All(n => n.Length > 0) ? new SuccessRule(text, names, text[(equals + 1)..].Trim()) : null;
    }
}
