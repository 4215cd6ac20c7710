using FastIngest.Storage;
using FastIngest.Targets;

namespace HealthIngestion.Options;

/// <summary>What the value of an option that names a target begins with; shells complete it.</summary>
internal static class TargetPrefixes
{
    public static string[] Databases => [.. TargetRegistry.All.Prefixes(TargetCapability.Outbox)];

    public static string[] Apis => [.. TargetRegistry.All.Prefixes(TargetCapability.Api)];

    public static string[] Entries => [.. TargetRegistry.All.Prefixes(TargetCapability.Entries)];

    public static string[] All => [.. TargetRegistry.All.Prefixes()];
}
