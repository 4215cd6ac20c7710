using FastIngest.Lexicon;
using Tomlyn;
using Tomlyn.Parsing;

namespace FastIngest.Pipeline.Entries;

/// <summary>Reads a catalog of sources: the <c>[[source]]</c> tables of a TOML file.</summary>
public static class SourceCatalog
{
    private const string Example = "Write [[source]], followed by lines such as id = \"kaikki\".";

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
        try
        {
            return new CatalogReader(text, path).ReadSources();
        }
        catch (TomlException e)
        {
            // Its message is "(2,7) : error : Expected …" where it holds no diagnostics.
            string problem = (e.Diagnostics is [{ Message: var first }, ..] ? first : e.Message[(e.Message.LastIndexOf(" : ", StringComparison.Ordinal) + 3)..]).Trim().TrimEnd('.');
            throw new IngestException($"The catalog {path}, line {e.Line}: {problem}.", Example, e);
        }
    }

    /// <summary>Reads the parser's events, which are the tables, keys and values of the file in their order.</summary>
    private sealed class CatalogReader(string text, string path)
    {
        private readonly TomlParser _toml = TomlParser.Create(text, TomlSerializerOptions.Default);
        private int _lineNumber = 1;

        public List<DataSource> ReadSources()
        {
            List<DataSource> sources = [];

            // The document starts, and so does its own table.
            Next();
            Next();
            while (Next() == TomlParseEventKind.PropertyName)
            {
                string table = _toml.GetPropertyName();
                TomlParseEventKind value = Next();
                if (table != "source")
                {
                    throw Fault(value == TomlParseEventKind.StartArray ? $"unknown table [[{table}]]" : $"unknown name {table}", "Use [[source]].");
                }

                if (value != TomlParseEventKind.StartArray)
                {
                    throw Fault("expected [[source]]", Example);
                }

                while (Next() != TomlParseEventKind.EndArray)
                {
                    DataSource source = ReadSource();
                    if (sources.Any(s => s.Id == source.Id))
                    {
                        throw Fault($"duplicate source {source.Id}", "Remove one of them.");
                    }

                    sources.Add(source);
                }
            }

            return sources;
        }

        private DataSource ReadSource()
        {
            if (_toml.Current.Kind != TomlParseEventKind.StartTable)
            {
                throw Fault("expected [[source]]", Example);
            }

            DataSource source = new("");
            HashSet<string> keys = [];
            while (Next() == TomlParseEventKind.PropertyName)
            {
                string key = _toml.GetPropertyName();
                if (!keys.Add(key))
                {
                    throw Fault($"duplicate key {key}", "Remove one of them, or write [[source]] before the second.");
                }

                source = key switch
                {
                    "id" => source with { Id = ReadText() },
                    "name" => source with { Name = ReadText() },
                    "type" => source with { Type = ReadText() },
                    "format" => source with { Format = ReadText() },
                    "url" => source with { Url = ReadText() },
                    "languages" => source with { Languages = ReadTexts() },
                    "license" => source with { License = ReadText() },
                    "quality" => source with { Quality = ReadNumber() },
                    "version" => source with { Version = ReadText() },
                    _ => throw Fault($"unknown key {key}", "The supported keys are id, name, type, format, url, languages, license, quality and version."),
                };
            }

            return source.Id.Length > 0 ? source : throw Fault("the source has no id", "Add an id, such as id = \"kaikki\".");
        }

        private string ReadText() => Next() == TomlParseEventKind.String
            ? _toml.GetString()
            : throw Fault("expected a quoted string", "Write key = \"value\".");

        private List<string> ReadTexts()
        {
            const string Remedy = "Write key = [\"value\", \"value\"].";
            if (Next() != TomlParseEventKind.StartArray)
            {
                throw Fault("expected an array of quoted strings", Remedy);
            }

            List<string> values = [];
            while (Next() != TomlParseEventKind.EndArray)
            {
                values.Add(_toml.Current.Kind == TomlParseEventKind.String ? _toml.GetString() : throw Fault("expected a quoted string", Remedy));
            }

            return values;
        }

        private double ReadNumber() => Next() switch
        {
            TomlParseEventKind.Integer => _toml.Current.GetInt64(),
            TomlParseEventKind.Float when double.IsFinite(_toml.Current.GetDouble()) => _toml.Current.GetDouble(),
            _ => throw Fault("expected a number", "Write key = 0.9."),
        };

        private TomlParseEventKind Next()
        {
            _toml.MoveNext();
            TomlParseEventKind kind = _toml.Current.Kind;

            // A table ends where the next one starts, which is not where a fault of this one is.
            if (kind != TomlParseEventKind.EndTable && _toml.Current.Span is { } span)
            {
                _lineNumber = span.Start.Line + 1;
            }

            return kind;
        }

        private IngestException Fault(string what, string remedy) => new($"The catalog {path}, line {_lineNumber}: {what}.", remedy);
    }
}
