using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Generate;

namespace FastIngest.Tests.Generate;

public partial class StyleTests
{
    private const string Redump =
        """
        import json, sys
        style, name = sys.argv[1:]
        data = open(name, "rb").read()
        how = {"Pretty": dict(indent=2), "Compact": dict(separators=(",", ":"))}.get(style, {})
        if style == "Ndjson":
            rewritten = "".join(json.dumps(json.loads(line)) + "\n" for line in data.splitlines())
        else:
            rewritten = json.dumps(json.loads(data), **how)
        sys.exit(0 if rewritten.encode() == data else 1)
        """;

    public static TheoryData<GeneratorStyle> Styles => [.. Enum.GetValues<GeneratorStyle>()];

    [Theory]
    [MemberData(nameof(Styles))]
    public void Rewriting_the_data_in_Python_style_gives_the_same_bytes(GeneratorStyle style)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 60, Days = 40, Style = style });
        foreach (string category in GeneratedData.Categories)
        {
            StringBuilder rewritten = new();
            List<JsonElement> records = data.Records(category);
            if (style == GeneratorStyle.Ndjson)
            {
                records.ForEach(record => rewritten.Append(Dump(record, style, 0)).Append('\n'));
            }
            else
            {
                rewritten.Append(DumpAll('[', ']', records.Select(record => Dump(record, style, 1)), style, 0));
            }

            Assert.Equal(rewritten.ToString(), Encoding.UTF8.GetString(data.Bytes(category)));
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Python_itself_writes_the_same_bytes(GeneratorStyle style)
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 20, Days = 40, Style = style });
        foreach (GeneratedFile file in data.Result.Files)
        {
            int? exitCode = RunPython("-c", Redump, style.ToString(), file.Path);
            Assert.SkipWhen(exitCode is null, "needs python3");
            Assert.True(exitCode == 0, file.Path);
        }
    }

    [Fact]
    public void All_styles_hold_the_same_values()
    {
        GeneratedData[] all = [.. Enum.GetValues<GeneratorStyle>().Select(style => GeneratedData.Make(o => o with { Users = 9, Days = 70, Style = style }))];
        foreach (string category in GeneratedData.Categories)
        {
            string[] dumps = [.. all.Select(data => string.Join('\n', data.Records(category).Select(record => Dump(record, GeneratorStyle.Compact, 0))))];
            Assert.Single(dumps.Distinct());
        }

        Array.ForEach(all, data => data.Dispose());
    }

    [Fact]
    public void A_file_without_records_is_an_empty_array_or_an_empty_file()
    {
        // In one of the first seeds, the user has neither workouts nor activities on the first day.
        foreach (GeneratorStyle style in Enum.GetValues<GeneratorStyle>())
        {
            string expected = style == GeneratorStyle.Ndjson ? "" : "[]";
            Assert.Contains(Enumerable.Range(1, 40), seed =>
            {
                using GeneratedData data = GeneratedData.Make(o => o with { Users = 1, Days = 1, Seed = (ulong)seed, Style = style });
                GeneratedFile file = data.Result.Files[1];
                return file.Records == 0 && Encoding.UTF8.GetString(data.Bytes("activities")) == expected && file.Bytes == expected.Length;
            });
        }
    }

    [Fact]
    public void Names_and_notes_need_escapes_and_surrogate_pairs()
    {
        using GeneratedData data = GeneratedData.Make(o => o with { Users = 300, Days = 3 });
        string users = Encoding.ASCII.GetString(data.Bytes("users"));
        Assert.Contains("Zo\\u00eb", users, StringComparison.Ordinal);
        Assert.Contains("Garc\\u00eda", users, StringComparison.Ordinal);
        Assert.Contains("\"\\u674e\\u96f7\"", users, StringComparison.Ordinal);
        string meals = Encoding.ASCII.GetString(data.Bytes("nutrition"));
        Assert.Contains("\\ud83d\\udcaa", meals, StringComparison.Ordinal);
        Assert.Contains("portion,\\nrest", meals, StringComparison.Ordinal);
        Assert.Contains("\\\"Nonna's\\\"", meals, StringComparison.Ordinal);
    }

    private static string Dump(JsonElement value, GeneratorStyle style, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                string colon = style == GeneratorStyle.Compact ? ":" : ": ";
                return DumpAll('{', '}', value.EnumerateObject().Select(m => Quote(m.Name) + colon + Dump(m.Value, style, depth + 1)), style, depth);
            case JsonValueKind.Array:
                return DumpAll('[', ']', value.EnumerateArray().Select(item => Dump(item, style, depth + 1)), style, depth);
            case JsonValueKind.String:
                return Quote(value.GetString()!);
            case JsonValueKind.Number:
                Assert.Matches(PythonNumber(), value.GetRawText());
                return value.GetRawText();
            default:
                return value.GetRawText();
        }
    }

    private static string DumpAll(char open, char close, IEnumerable<string> items, GeneratorStyle style, int depth)
    {
        if (style != GeneratorStyle.Pretty)
        {
            return open + string.Join(style == GeneratorStyle.Compact ? "," : ", ", items) + close;
        }

        string indent = "\n" + new string(' ', 2 * (depth + 1));
        return open + indent + string.Join("," + indent, items) + indent[..^2] + close;
    }

    private static string Quote(string text) =>
        "\"" + string.Concat(text.Select(c => c switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            >= ' ' and <= '~' => c.ToString(),
            _ => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
        })) + "\"";

    private static int? RunPython(params string[] arguments)
    {
        try
        {
            using Process python = Process.Start(new ProcessStartInfo("python3", arguments))!;
            python.WaitForExit();
            return python.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>An integer, or the shortest form of a float: a trailing zero only if no other digit follows the point.</summary>
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.([0-9]|[0-9]*[1-9]))?$")]
    private static partial Regex PythonNumber();
}
