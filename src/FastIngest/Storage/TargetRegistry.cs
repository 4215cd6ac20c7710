using FastIngest.Storage.Exports;
using FastIngest.Storage.Http;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Postgres;
using FastIngest.Storage.Protobuf;
using FastIngest.Storage.Sqlite;
using FastIngest.Storage.Weaviate;
using FastIngest.Targets;

namespace FastIngest.Storage;

/// <summary>All kinds of targets. A new kind is a new folder next to this file and a new line here.</summary>
public static class TargetRegistry
{
    public static TargetList All { get; } = new(
    [
        SqliteTarget.Kind,
        PostgresTarget.Kind,
        NdjsonTarget.Kind,
        ProtobufTarget.Kind,
        .. ColumnTargets.Kinds,
        HttpTarget.Kind,
        WeaviateTarget.Kind,
    ]);
}
