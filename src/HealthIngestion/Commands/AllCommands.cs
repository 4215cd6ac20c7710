using HealthIngestion.CommandLine;

namespace HealthIngestion.Commands;

/// <summary>The commands of the program. A new one is one class and one line here.</summary>
internal static class AllCommands
{
    public static CommandTable Table { get; } = new(
        new CommandEntry(IngestCommand.Name, () => new IngestCommand()),
        new CommandEntry(PushCommand.Name, () => new PushCommand()),
        new CommandEntry(ShowCommand.Name, () => new ShowCommand()),
        new CommandEntry(ReportCommand.Name, () => new ReportCommand()),
        new CommandEntry(EmbedCommand.Name, () => new EmbedCommand()),
        new CommandEntry(SearchCommand.Name, () => new SearchCommand()),
        new CommandEntry(ExportCommand.Name, () => new ExportCommand()),
        new CommandEntry(ServeCommand.Name, () => new ServeCommand()),
        new CommandEntry(ForgetCommand.Name, () => new ForgetCommand()),
        new CommandEntry(LexiconCommand.Name, () => new LexiconCommand()) { IsFamily = true },
        new CommandEntry(LexiconIngestCommand.Name, () => new LexiconIngestCommand()),
        new CommandEntry(LexiconPlanCommand.Name, () => new LexiconPlanCommand()),
        new CommandEntry(LexiconReprocessCommand.Name, () => new LexiconReprocessCommand()) { Alias = LexiconReprocessCommand.Alias },
        new CommandEntry(LexiconValidateCommand.Name, () => new LexiconValidateCommand()) { Alias = LexiconValidateCommand.Alias },
        new CommandEntry(PlanCommand.Name, () => new PlanCommand()),
        new CommandEntry(MapCommand.Name, () => new MapCommand()),
        new CommandEntry(CheckCommand.Name, () => new CheckCommand()),
        new CommandEntry(ReduceCommand.Name, () => new ReduceCommand()),
        new CommandEntry(FinishCommand.Name, () => new FinishCommand()),
        new CommandEntry(StatusCommand.Name, () => new StatusCommand()),
        new CommandEntry(FormatsCommand.Name, () => new FormatsCommand()),
        new CommandEntry(GenerateCommand.Name, () => new GenerateCommand()),
        new CommandEntry(SchemaCommand.Name, () => new SchemaCommand()),
        new CommandEntry(CompletionCommand.Name, () => new CompletionCommand()),
        new CommandEntry(HelpCommand.Name, () => new HelpCommand()),
        new CommandEntry(VersionCommand.Name, () => new VersionCommand()),
        new CommandEntry(ManCommand.Name, () => new ManCommand()) { IsHidden = true });
}
