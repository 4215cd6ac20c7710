using FastIngest.Lexicon;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;
using NpgsqlTypes;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>Writes the table <c>data_sources</c>.</summary>
internal static class PostgresSources
{
    /// <summary>Separates the languages of a list in a parameter; no language code contains it.</summary>
    private const char Separator = '\u001F';

    private const string Values = "name, type, format, url, languages, license, quality, version";

    /// <summary>Registers the source of a run, and stores the metadata of all sources in the catalog.</summary>
    public static async ValueTask RegisterAsync(
        NpgsqlConnection connection, PostgresNames names, string source, IReadOnlyList<DataSource> catalog, CancellationToken cancellationToken)
    {
        foreach (DataSource known in catalog)
        {
            await connection.RunAsync(
                $"""
                INSERT INTO {names.Sources} AS s (source_id, {Values}) VALUES ($1, $2, $3, $4, $5, string_to_array($6, chr(31)), $7, $8, $9)
                ON CONFLICT (source_id) DO UPDATE SET ({Values}) = ({Each("excluded.")})
                WHERE ({Each("s.")}) IS DISTINCT FROM ({Each("excluded.")})
                """,
                cancellationToken,
                Text(known.Id),
                Text(known.Name),
                Text(known.Type),
                Text(known.Format),
                Text(known.Url),
                Text(known.Languages is { } languages ? string.Join(Separator, languages) : null),
                Text(known.License),
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Double, Value = known.Quality is { } quality ? quality : DBNull.Value },
                Text(known.Version)).ConfigureAwait(false);
        }

        await connection.RunAsync(
            $"INSERT INTO {names.Sources} (source_id) VALUES ($1) ON CONFLICT DO NOTHING", cancellationToken, Text(source)).ConfigureAwait(false);
    }

    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = value is null ? DBNull.Value : value };

    private static string Each(string prefix) => string.Join(", ", Values.Split(", ").Select(v => prefix + v));
}
