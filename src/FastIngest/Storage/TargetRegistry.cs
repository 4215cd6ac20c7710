using FastIngest.Storage.Http;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Postgres;
using FastIngest.Storage.Sqlite;
using FastIngest.Storage.Weaviate;
using FastIngest.Targets;

namespace FastIngest.Storage;

/// <summary>All targets. A new one is a folder beside this file and a line here.</summary>
public static class TargetRegistry
{
    public static TargetList All { get; } = new(
    [
        SqliteTarget.Kind,
        PostgresTarget.Kind,
        NdjsonTarget.Kind,
        HttpTarget.Kind,
        WeaviateTarget.Kind,
    ]);
}
