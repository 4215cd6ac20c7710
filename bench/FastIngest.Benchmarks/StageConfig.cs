using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace FastIngest.Benchmarks;

/// <summary>A short job in this process: all stages end in a few minutes, and no project is generated or built.</summary>
internal static class StageConfig
{
    public static IConfig Create() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(6)
            .WithMinIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(60)).WithId("short"))
        .AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)))
        .AddColumn(
            BenchmarkDotNet.Columns.TargetMethodColumn.Type,
            BenchmarkDotNet.Columns.TargetMethodColumn.Method,
            BenchmarkDotNet.Columns.StatisticColumn.Median,
            VolumeColumn.GigabytesPerSecond,
            VolumeColumn.NanosecondsPerRecord,
            VolumeColumn.AllocatedPerRecord)
        .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Params)
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithOptions(ConfigOptions.DisableLogFile);
}
