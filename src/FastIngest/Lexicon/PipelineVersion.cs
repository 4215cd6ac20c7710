using System.Security.Cryptography;
using System.Text;

namespace FastIngest.Lexicon;

/// <summary>The version of the cleaning rules. It distinguishes entries cleaned by the current rules from older ones.</summary>
public static class PipelineVersion
{
    /// <summary>Increase it when rules outside of the cleaning steps change: the selection of fields, or validation.</summary>
    private const int RulesVersion = 2;

    private const int HexDigits = 16;

    /// <summary>16 hexadecimal digits that change with the name, version or position of any cleaner.</summary>
    public static string Current { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Description)))[..HexDigits];

    /// <summary>The text that is hashed to the version, with one line per column: <c>headword: remove-marks@1 nfc@1</c>.</summary>
    public static string Description => string.Join('\n',
        Enum.GetValues<EntryColumn>().Select(c => $"{c.Name()}: {string.Join(' ', CleaningSteps.Of(c).ToArray().Select(s => $"{s.Name}@{s.Version}"))}")
            .Append($"rules@{RulesVersion}"));
}
