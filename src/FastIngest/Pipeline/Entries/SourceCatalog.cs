using System.Globalization;
using FastIngest.Lexicon;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Reads a catalog of sources: the <c>[[source]]</c> tables of a TOML file. It supports the subset of TOML that such a file
/// needs: comments, strings in single or double quotes, numbers, and arrays of strings, which may span lines.
/// </summary>
public static class SourceCatalog
{
    /// <exception cref="IngestException">The file cannot be read or has invalid content. The message contains the line number.</exception>
    public static IReadOnlyList<DataSource> Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IngestException($"The catalog {path} does not exist.", "Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"The catalog {path} cannot be read: {e.Message}", "Check the path.", e);
        }

        return Parse(text, path);
    }

    internal static IReadOnlyList<DataSource> Parse(string text, string path)
    {
        TomlReader toml = new(text, path);
        List<DataSource> sources = [];
        while (toml.NextTable(out string table))
        {
            if (table != "source")
            {
                throw toml.Fault($"unknown table [[{table}]]", "Use [[source]].");
            }

            DataSource source = new("");
            HashSet<string> keys = [];
            while (toml.NextKey(out string key))
            {
                if (!keys.Add(key))
                {
                    throw toml.Fault($"duplicate key {key}", "Remove one of them, or write [[source]] before the second.");
                }

                source = key switch
                {
                    "id" => source with { Id = toml.Text() },
                    "name" => source with { Name = toml.Text() },
                    "type" => source with { Type = toml.Text() },
                    "format" => source with { Format = toml.Text() },
                    "url" => source with { Url = toml.Text() },
                    "languages" => source with { Languages = toml.Texts() },
                    "license" => source with { License = toml.Text() },
                    "quality" => source with { Quality = toml.Number() },
                    "version" => source with { Version = toml.Text() },
                    _ => throw toml.Fault($"unknown key {key}", "The supported keys are id, name, type, format, url, languages, license, quality and version."),
                };
            }

            if (source.Id.Length == 0)
            {
                throw toml.Fault("the source has no id", "Add an id, such as id = \"kaikki\".");
            }

            if (sources.Any(s => s.Id == source.Id))
            {
                throw toml.Fault($"duplicate source {source.Id}", "Remove one of them.");
            }

            sources.Add(source);
        }

        return sources;
    }

    /// <summary>Reads a file from table to table and from key to key.</summary>
    private sealed class TomlReader(string text, string path)
    {
        private int _at;

        public bool NextTable(out string name)
        {
            SkipBlanks();
            name = "";
            if (_at == text.Length)
            {
                return false;
            }

            Take("[[", "[[source]]");
            name = Word();
            Take("]]", "]] after the table's name");
            return true;
        }

        public bool NextKey(out string key)
        {
            SkipBlanks();
            key = "";
            if (_at == text.Length || text[_at] == '[')
            {
                return false;
            }

            key = Word();
            Take("=", "= after the key");
            return true;
        }

        public string Text()
        {
            SkipBlanks();
            char quote = _at < text.Length ? text[_at] : ' ';
            if (quote is not ('"' or '\''))
            {
                throw Fault("expected a quoted string", "Write key = \"value\".");
            }

            _at++;
            System.Text.StringBuilder value = new();
            while (true)
            {
                if (_at == text.Length || text[_at] == '\n')
                {
                    throw Fault("unterminated string", "Add the closing quote.");
                }

                char c = text[_at++];
                if (c == quote)
                {
                    return value.ToString();
                }

                value.Append(c == '\\' && quote == '"' ? Escaped() : c.ToString());
            }
        }

        public List<string> Texts()
        {
            List<string> values = [];
            Take("[", "[ of an array");
            SkipBlanks();
            while (_at < text.Length && text[_at] != ']')
            {
                values.Add(Text());
                SkipBlanks();
                if (_at < text.Length && text[_at] == ',')
                {
                    _at++;
                    SkipBlanks();
                }
                else
                {
                    break;
                }
            }

            Take("]", "] of an array");
            return values;
        }

        public double Number()
        {
            SkipBlanks();
            int start = _at;
            while (_at < text.Length && text[_at] is not ('\n' or '\r' or '#' or ' ' or '\t'))
            {
                _at++;
            }

            return double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value
                : throw Fault("expected a number", "Write key = 0.9.");
        }

        public IngestException Fault(string what, string remedy) =>
            new($"The catalog {path}, line {text.AsSpan(0, _at).Count('\n') + 1}: {what}.", remedy);

        private string Escaped()
        {
            char c = _at < text.Length ? text[_at++] : ' ';
            return c switch
            {
                '"' or '\\' => c.ToString(),
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                'u' or 'U' => CodePoint(c == 'u' ? 4 : 8),
                _ => throw Fault($"unknown escape \\{c}", "Write the character itself, or put the text in single quotes."),
            };
        }

        private string CodePoint(int digits)
        {
            if (_at + digits <= text.Length
                && uint.TryParse(text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
                && System.Text.Rune.IsValid(value))
            {
                _at += digits;
                return new System.Text.Rune(value).ToString();
            }

            throw Fault("invalid code point in an escape", "Write the character itself.");
        }

        private string Word()
        {
            SkipBlanks();
            int start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-'))
            {
                _at++;
            }

            return _at > start ? text[start.._at] : throw Fault("expected a name", "Write [[source]], followed by lines such as id = \"kaikki\".");
        }

        private void Take(string mark, string what)
        {
            SkipBlanks();
            if (!text.AsSpan(_at).StartsWith(mark))
            {
                throw Fault($"expected {what}", "Write [[source]], followed by lines such as id = \"kaikki\".");
            }

            _at += mark.Length;
        }

        private void SkipBlanks()
        {
            while (_at < text.Length && (text[_at] is ' ' or '\t' or '\r' or '\n' or '\uFEFF' or '#'))
            {
                if (text[_at] == '#')
                {
                    int end = text.IndexOf('\n', _at);
                    _at = end < 0 ? text.Length : end;
                }
                else
                {
                    _at++;
                }
            }
        }
    }
}
