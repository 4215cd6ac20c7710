namespace FastIngest.Net.S3;

/// <summary>Reads files such as <c>~/.aws/config</c>: sections in brackets, and lines with a name, an equals sign and a value.</summary>
internal static class IniFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Returns the values of a section; null if the file has none of that name, or there is no file.</summary>
    /// <exception cref="IngestException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string>? Section(string path, string name)
    {
        string[] lines;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return null;
            }

            lines = file.Length <= MaxBytes ? File.ReadAllLines(path) : throw new IngestException($"{path} is too large for a file of settings.", "Check the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{path} cannot be read: {FaultText.OneLine(e.Message)}", "Check the permissions, or name another file.", e);
        }

        return Section(lines, name);
    }

    internal static IReadOnlyDictionary<string, string>? Section(IEnumerable<string> lines, string name)
    {
        Dictionary<string, string>? values = null;
        bool isIn = false;
        foreach (string line in lines)
        {
            string text = line.Trim();
            int equals = line.IndexOf('=');
            if (text.StartsWith('['))
            {
                isIn = text.TrimStart('[').Split(']')[0].Trim() == name;
                values ??= isIn ? new(StringComparer.OrdinalIgnoreCase) : null;
            }
            else if (isIn && equals > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('#' or ';'))
            {
                // An indented line belongs to the value before it.
                values![line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        return values;
    }
}
