using System.CommandLine;
using HealthIngestion.CommandLine;
using HealthIngestion.Terminal;

namespace HealthIngestion.Options;

/// <summary>The options that say what a run writes to standard error, and in which form.</summary>
internal sealed class ConsoleOptions
{
    private readonly ChoiceOption<ProgressStyle> _progress = new("--progress", ("auto", ProgressStyle.Auto), ("plain", ProgressStyle.Plain), ("none", ProgressStyle.None))
    {
        HelpName = "HOW",
        Description = "auto, plain or none: bars on a terminal and lines elsewhere, always lines, or nothing (default: auto)",
    };

    private readonly ChoiceOption<LogFormat> _format = new("--log-format", ("text", LogFormat.Text), ("json", LogFormat.Json))
    {
        HelpName = "FORMAT",
        Description = "text or json: how standard error is written (default: text)",
    };

    private readonly ChoiceOption<LogLevel> _level = new(
        "--log-level", ("debug", LogLevel.Debug), ("info", LogLevel.Info), ("warning", LogLevel.Warning), ("error", LogLevel.Error))
    {
        HelpName = "LEVEL",
        Description = "debug, info, warning or error (default: info)",
        DefaultValueFactory = _ => LogLevel.Info,
    };

    public Option<bool> Quiet { get; } = SharedOptions.Flag("--quiet", "print only errors");

    public Option[] All => [_progress, .. OfLog];

    /// <summary>The options of a command that shows no progress.</summary>
    public Option[] OfLog => [_format, _level, Quiet];

    public ProgressStyle Progress(ParseResult arguments) => arguments.GetValue(Quiet) ? ProgressStyle.None : arguments.GetValue(_progress);

    public LogFormat Format(ParseResult arguments) => arguments.GetValue(_format);

    public LogLevel Level(ParseResult arguments) => arguments.GetValue(Quiet) ? LogLevel.Error : arguments.GetValue(_level);

    /// <summary>The log that the options ask for, on standard error.</summary>
    public Log OpenLog(ParseResult arguments) => new(ErrorTerminal.Writer, Format(arguments), Level(arguments));
}
