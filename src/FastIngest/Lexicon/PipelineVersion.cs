using System.Security.Cryptography;
using System.Text;

namespace FastIngest.Lexicon;

/// <summary>Tells entries that were cleaned by today's rules from older ones.</summary>
public static class PipelineVersion
{
    /// <summary>Changes whenever what the steps of cleaning do not tell does: which fields are taken, and validation.</summary>
    private const int RulesVersion = 1;

    private const int HexDigits = 16;

    /// <summary>16 hexadecimal digits that change with any cleaner's name, version or place.</summary>
    public static string Current { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Description)))[..HexDigits];

    /// <summary>What the version stands for, a line a column: <c>headword: remove-marks@1 nfc@1</c>.</summary>
    public static string Description => string.Join('\n',
        Enum.GetValues<EntryColumn>().Select(c => $"{c.Name()}: {string.Join(' ', CleaningSteps.Of(c).ToArray().Select(s => $"{s.Name}@{s.Version}"))}")
            .Append($"rules@{RulesVersion}"));
}
