using System.CommandLine;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Terminal;

namespace HealthIngestion.Commands;

/// <summary>Prints the formats that are read.</summary>
internal sealed class FormatsCommand : ICommand
{
    public const string Name = "formats";

    public CommandSpec Spec { get; } = new(Name, "list the formats of health data that are read")
    {
        Usage = "",
        Note = "A file's content decides; --from NAME of ingest forces a format. docs/formats.md says more about each.",
        Examples = [new("health_ingestion formats", "")],
    };

    public int Run(ParseResult arguments)
    {
        (string Name, string Program, string Files, string Contents)[] rows =
        [
            ("NAME", "FROM", "FILES", "WHAT IS READ"),
            .. DialectCatalog.All.Select(d => d is ExportDialect export
                ? (d.Name, export.Program, export.FileNames, export.Contents)
                : (d.Name, "this program", $"one per category: {string.Join(", ", d.Endings)}", "users, activities, workouts, nutrition, sleep, heart_rate, measurements")),
        ];
        int name = rows.Max(r => r.Name.Length), program = rows.Max(r => r.Program.Length), files = rows.Max(r => r.Files.Length);
        foreach ((string n, string p, string f, string c) in rows)
        {
            StandardStream.WriteOutput($"{n.PadRight(name)}  {p.PadRight(program)}  {f.PadRight(files)}  {c}\n");
        }

        return ExitCode.Done;
    }
}
