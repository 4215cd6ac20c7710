using System.CommandLine;
using System.Text;
using FastIngest;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Postgres;
using HealthIngestion.CommandLine;
using HealthIngestion.Report;
using HealthIngestion.Terminal;

namespace HealthIngestion;

/// <summary>Prints what is wrong with stored entries, on standard output.</summary>
internal static class ValidateCommand
{
    public static int Run(ValidateSpec spec, ParseResult arguments)
    {
        Log log = new(ErrorTerminal.Writer, arguments.GetValue(spec.LogFormat), arguments.GetValue(spec.LogLevel));
        string target = spec.Stored.Target(arguments);
        using StopSignal stop = new(log);
        try
        {
            ValidationReport report = RunEngineAsync(spec, arguments, target, stop.Token).GetAwaiter().GetResult();
            using Stream output = StandardStream.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(Text(report)));
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.Name is not null)
        {
            log.Notice("stopped", $"stopped by {stop.Name}");
            return stop.ExitCode;
        }
        catch (Exception fault)
        {
            return Faults.Explain(fault, log);
        }
    }

    private static async Task<ValidationReport> RunEngineAsync(ValidateSpec spec, ParseResult arguments, string target, CancellationToken cancellationToken)
    {
        PostgresReprocess database;
        try
        {
            database = new(target, arguments.GetValue(spec.Stored.Schema)!, new EntryPolicy(), 1);
        }
        catch (IngestException wrong)
        {
            throw new UsageException($"--to: {wrong.Message.TrimEnd('.')}. {wrong.Remedy.TrimEnd('.')}");
        }

        try
        {
            return await LexiconValidate.RunAsync(
                database, arguments.GetValue(spec.Stored.Source), arguments.GetValue(spec.Limit), arguments.GetValue(spec.Stored.Workers), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await database.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Text(ValidationReport report)
    {
        StringBuilder text = new();
        if (report.Findings.Count > 0)
        {
            text.Append(new FigureTable(
                ["finding", "entries", "such as"],
                [.. report.Findings.OrderByDescending(f => f.Count).Select(IReadOnlyList<string> (f) => [f.Name, Figures.Count(f.Count), string.Join(", ", f.Examples.Select(Example))])],
                LastIsText: true).ToPlainText()).Append('\n');
        }

        return text.Append($"{Figures.Count(report.Records, "record")}, {Figures.Count(report.Entries)} with an entry; findings: {Figures.Count(report.Findings.Sum(f => f.Count))}\n").ToString();
    }

    private static string Example(FindingExample example)
    {
        const int Shown = 40;
        string word = Log.OneLine(example.Headword);
        word = word.Length > Shown ? word[..Shown] + "…" : word;
        return $"{(word.Length > 0 ? $"{word} ({example.Language})" : "a record")} in {example.Source}, raw {Figures.Count(example.RawId)}";
    }
}
