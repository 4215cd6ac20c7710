namespace HealthIngestion.Options;

/// <summary>What the value of an option that names a target begins with; shells complete it.</summary>
internal static class TargetPrefixes
{
    public static readonly string[] Databases = ["sqlite:", "postgres://"];

    public static readonly string[] Apis = ["http://", "https://", "weaviate://", "weaviates://"];

    public static readonly string[] Entries = [.. Databases, "ndjson:"];

    public static readonly string[] All = [.. Entries, .. Apis];
}
