using System.CommandLine;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>The options that replace user ids and names by pseudonyms.</summary>
internal sealed class PseudonymOptions
{
    public const string KeyVariable = "PSEUDONYM_KEY";

    public Option<bool> Pseudonymize { get; } = SharedOptions.Flag("--pseudonymize", "replace user ids and names by keyed hashes; the key is in --pseudonym-key-file or $PSEUDONYM_KEY");

    public Option<string?> KeyFile { get; } = new("--pseudonym-key-file")
    {
        HelpName = "FILE",
        Description = "a file with the key of the pseudonyms, at least 16 characters (default: $PSEUDONYM_KEY)",
        CustomParser = Values.NotEmpty,
    };

    public Option[] All => [Pseudonymize, KeyFile];

    public static HelpLine Environment => new(KeyVariable, "the key of --pseudonymize when no --pseudonym-key-file is given");
}
