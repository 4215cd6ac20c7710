using System.CommandLine;
using System.Text;
using FastIngest.Health;
using HealthIngestion.Exit;
using HealthIngestion.Options;
using HealthIngestion.Terminal;

namespace HealthIngestion.Settings;

/// <summary>Which users and days a command line asks for, and under which ids they appear.</summary>
internal static class SelectionSettings
{
    /// <summary>Returns the selection; null when no option is given.</summary>
    /// <param name="options">The options.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="key">The key by which the given ids become those of the selection; null to keep them.</param>
    /// <exception cref="UsageException">The days are in the wrong order.</exception>
    public static RecordSelection? From(SelectionOptions options, ParseResult arguments, PseudonymKey? key = null)
    {
        string[] users = [.. (arguments.GetValue(options.User) ?? []).Select(user => key?.OfUser(user) ?? user)];
        DateOnly? since = arguments.GetValue(options.Since), until = arguments.GetValue(options.Until);
        if (since > until)
        {
            throw new UsageException($"--since {since:yyyy-MM-dd} is after --until {until:yyyy-MM-dd}: no day is between them");
        }

        return users.Length == 0 && since is null && until is null ? null : new RecordSelection(users, since, until);
    }

    /// <summary>Returns the key of the pseudonyms; null without <c>--pseudonymize</c>.</summary>
    /// <exception cref="UsageException">There is no key, or it is too short.</exception>
    public static PseudonymKey? KeyOf(PseudonymOptions options, ParseResult arguments)
    {
        string? file = arguments.GetValue(options.KeyFile);
        if (!arguments.GetValue(options.Pseudonymize))
        {
            return file is null ? null : throw new UsageException("--pseudonym-key-file needs --pseudonymize");
        }

        byte[] key = file is not null ? Read(file)
            : Environment.GetEnvironmentVariable(PseudonymOptions.KeyVariable)?.Trim() is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text)
            : throw new UsageException("--pseudonymize needs a key: use --pseudonym-key-file FILE, or set PSEUDONYM_KEY");
        return Faults.AsUsage(file is null ? "$" + PseudonymOptions.KeyVariable : "--pseudonym-key-file", () => new PseudonymKey(key));
    }

    /// <summary>Reads the key without the white space around it, which editors add.</summary>
    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().Trim(" \t\r\n"u8).ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--pseudonym-key-file: {Log.OneLine(fault.Message)}");
        }
    }
}
