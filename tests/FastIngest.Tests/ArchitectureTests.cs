using System.Text.RegularExpressions;
using FastIngest.Tests.Support;

namespace FastIngest.Tests;

/// <summary>Checks the rules of CONTRIBUTING.md that can be checked on the source files.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Unsafe_code_stays_in_its_places_and_states_why_it_is_safe() => Holds(SourceRules.UnexplainedUnsafe);

    [Fact]
    public void A_file_holds_one_idea() => Holds(SourceRules.TooLong);

    [Fact]
    public void The_library_neither_prints_nor_exits() => Holds(SourceRules.PrintsOrExits);

    [Fact]
    public void There_are_sources_in_every_place_that_the_rules_are_about()
    {
        string[] rooms = [.. CodeFile.All().Select(f => f.Room).Distinct()];
        Assert.Contains("Health", rooms);
        Assert.Contains("Pipeline", rooms);
        Assert.Contains("HealthIngestion", rooms);
    }

    [Theory]
    [InlineData("src/FastIngest/Sinks/Offender.cs", "// SAFETY: none\nunsafe class A;")]
    [InlineData("src/FastIngest/Health/Offender.cs", "// SAFETY: none\nclass A { int B(ref byte b) => Unsafe.ReadUnaligned<int>(ref b); }")]
    [InlineData("src/FastIngest/Pipeline/Offender.cs", "using System.Runtime.Intrinsics.X86;")]
    [InlineData("src/HealthIngestion/Offender.cs", "// SAFETY: none\nunsafe class A;")]
    [InlineData("src/FastIngest/Json/Offender.cs", "unsafe class A;")]
    [InlineData("src/FastIngest/Json/Offender.cs", "class A { string _s = \"// SAFETY: in a string\"; ref byte B(Span<byte> s) => ref MemoryMarshal.GetReference(s); }")]
    public void Unsafe_code_out_of_place_or_without_a_reason_is_found(string path, string text) =>
        Assert.NotEmpty(SourceRules.UnexplainedUnsafe(new CodeFile(path, text)));

    [Theory]
    [InlineData("src/FastIngest/Json/Fine.cs", "// SAFETY: the caller pads.\nunsafe class A;")]
    [InlineData("src/FastIngest/Health/SampleReduction.cs", "// SAFETY: in bounds.\nunsafe class A;")]
    [InlineData("src/FastIngest/Sinks/Fine.cs", "// nothing unsafe here\nclass A { int B() => Unsafe.SizeOf<int>(); string _s = \"unsafe\"; bool _unsafeLooking; }")]
    [InlineData("src/HealthIngestion/Fine.cs", "using System.Runtime.Intrinsics.X86; class A { bool B => Avx2.IsSupported; }")]
    [InlineData("src/FastIngest/Json/Fine.cs", "using System.Runtime.Intrinsics; class A { bool B => Vector512.IsHardwareAccelerated; }")]
    public void Unsafe_code_in_its_place_with_a_reason_is_not(string path, string text) =>
        Assert.Empty(SourceRules.UnexplainedUnsafe(new CodeFile(path, text)));

    [Fact]
    public void A_file_of_501_lines_is_found()
    {
        Assert.Empty(SourceRules.TooLong(new CodeFile("src/A.cs", string.Concat(Enumerable.Repeat("//\n", 500)))));
        Assert.NotEmpty(SourceRules.TooLong(new CodeFile("src/A.cs", string.Concat(Enumerable.Repeat("//\n", 501)))));
    }

    [Theory]
    [InlineData("Console.Error.WriteLine(1);")]
    [InlineData("System.Console.WriteLine(1);")]
    [InlineData("Environment.Exit(1);")]
    [InlineData("Environment.FailFast(null);")]
    [InlineData("Environment.ExitCode = 1;")]
    [InlineData("using static System.Console;")]
    [InlineData("AnsiConsole.Write(1);")]
    public void A_library_that_prints_or_exits_is_found(string text)
    {
        Assert.NotEmpty(SourceRules.PrintsOrExits(new CodeFile("src/FastIngest/Health/Offender.cs", text)));
        Assert.Empty(SourceRules.PrintsOrExits(new CodeFile("src/HealthIngestion/Fine.cs", text)));
        Assert.Empty(SourceRules.PrintsOrExits(new CodeFile("src/FastIngest/Health/Fine.cs", $"// {text}\n/* {text} */")));
    }

    [Theory]
    [InlineData("a // b\nc", "a \nc")]
    [InlineData("a /* b\n */ c", "a  c")]
    [InlineData("\"a // \\\" b\" c", "\"\" c")]
    [InlineData("@\"a \"\" // b\" c", "\"\" c")]
    [InlineData("\"\"\"\n a \" // b\n \"\"\" c", "\"\" c")]
    [InlineData("'\"' c '\\'' // d", "'' c '' ")]
    [InlineData("\"a\"u8 c", "\"\"u8 c")]
    public void Comments_and_texts_are_no_code(string text, string code) => Assert.Equal(code, new CodeFile("a.cs", text).Code);

    private static void Holds(Func<CodeFile, IEnumerable<string>> rule)
    {
        string[] findings = [.. CodeFile.All().SelectMany(rule)];
        Assert.True(findings.Length == 0, string.Join('\n', findings));
    }
}

/// <summary>Each rule returns the violations in a file, one line per violation.</summary>
internal static class SourceRules
{
    private const int MaxLines = 500;

    /// <summary>The folders and files that may access memory without checks.</summary>
    private static readonly string[] UnsafePlaces =
        ["src/FastIngest/Sources/", "src/FastIngest/Json/", "src/FastIngest/Health/SampleReduction.cs", "src/FastIngest/Lexicon/Sha256.cs", "src/FastIngest/Storage/Sqlite/Connection/SqliteNative.cs"];

    public static IEnumerable<string> UnexplainedUnsafe(CodeFile file)
    {
        Match use = Regex.Match(file.Code, @"\bunsafe\b|\bUnsafe\s*\.\s*(?!(SizeOf|NullRef|IsNullRef)\b)|\bMemoryMarshal\s*\.\s*(GetReference|GetArrayDataReference|CreateSpan|CreateReadOnlySpan)\b");
        // The executable may query the capabilities of the CPU to print them.
        Match isa = file.IsExecutable ? Match.Empty : Regex.Match(file.Code, @"\bSystem\.Runtime\.Intrinsics\b");
        if (!use.Success && !isa.Success)
        {
            yield break;
        }

        if (!UnsafePlaces.Any(p => file.Path.StartsWith(p, StringComparison.Ordinal)))
        {
            yield return $"{file.Path}: {(use.Success ? use : isa).Value.Trim()} belongs in {string.Join(" or ", UnsafePlaces)}";
        }
        else if (use.Success && !Regex.IsMatch(file.CodeAndComments, @"^\s*// SAFETY: \S", RegexOptions.Multiline))
        {
            yield return $"{file.Path}: {use.Value.Trim()} without a line \"// SAFETY: \" that says why the bytes are there";
        }
    }

    public static IEnumerable<string> TooLong(CodeFile file)
    {
        int lines = file.Text.Count(c => c == '\n');
        if (lines > MaxLines)
        {
            yield return $"{file.Path}: {lines} lines; past {MaxLines} there is a second idea in it";
        }
    }

    public static IEnumerable<string> PrintsOrExits(CodeFile file) =>
        file.IsExecutable
            ? []
            : Regex.Matches(file.Code, @"\b(Ansi)?Console\b(?=\s*[.;])|\bEnvironment\s*\.\s*(Exit|ExitCode|FailFast)\b")
                .Select(m => $"{file.Path}: {m.Value}: the library neither prints nor exits");
}

/// <summary>A source file, with its path relative to the repository, separated by <c>/</c>.</summary>
internal sealed record CodeFile(string Path, string Text)
{
    public const string LibraryRoot = "";

    // Match in this order: raw, verbatim and plain strings, characters, comments.
    private static readonly Regex NoCode = new(
        """"(?<raw>"{3,})[\s\S]*?\k<raw>|\$*@\$*"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|//[^\n]*|/\*[\s\S]*?\*/"""");

    public bool IsExecutable => Path.StartsWith("src/HealthIngestion/", StringComparison.Ordinal) || Path.StartsWith("src/HealthIngestion.Server/", StringComparison.Ordinal);

    /// <summary>The folder below the library, <see cref="LibraryRoot"/> for a file in the library's root, or the executable's name.</summary>
    public string Room => IsExecutable ? "HealthIngestion" : Path.Split('/') is [_, _, var room, _, ..] ? room : LibraryRoot;

    /// <summary>The text without comments and without the contents of strings and characters.</summary>
    public string Code => NoCode.Replace(Text, m => m.Value[0] == '/' ? "" : Emptied(m.Value));

    public string CodeAndComments => NoCode.Replace(Text, m => m.Value[0] == '/' ? m.Value : Emptied(m.Value));

    public static IEnumerable<CodeFile> All()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(root, "FastIngest.sln")))
        {
            root = System.IO.Path.GetDirectoryName(root) ?? throw new InvalidOperationException("FastIngest.sln is in no folder above the tests.");
        }

        return Directory.EnumerateFiles(System.IO.Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(f => new CodeFile(System.IO.Path.GetRelativePath(root, f).Replace('\\', '/'), File.ReadAllText(f)))
            .Where(f => !Regex.IsMatch(f.Path, "/(bin|obj)/"))
            .OrderBy(f => f.Path, StringComparer.Ordinal);
    }

    private static string Emptied(string literal) => literal[0] == '\'' ? "''" : "\"\"";
}
