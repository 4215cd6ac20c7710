using System.Buffers;
using System.Text;
using FastIngest.Json;
using FastIngest.Lexicon;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>Writes the table <c>data_sources</c>.</summary>
internal static class SqliteSources
{
    private static readonly string[] Values = ["name", "type", "format", "url", "languages", "license", "version", "quality"];

    /// <summary>Registers the source of a run, and stores the metadata of all sources in the catalog.</summary>
    public static void Register(SqliteDatabase database, string source, IReadOnlyList<DataSource> catalog)
    {
        string now = SqliteRuns.Utc(DateTime.UtcNow);
        using SqliteStatement known = database.Prepare(
            $"""
            INSERT INTO data_sources (source_id, registered, {string.Join(", ", Values)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (source_id) DO UPDATE SET {string.Join(", ", Values.Select(v => $"{v} = excluded.{v}"))}
            """);
        foreach (DataSource each in catalog)
        {
            known.Bind(1, each.Id).Bind(2, now);
            string?[] texts = [each.Name, each.Type, each.Format, each.Url, Json(each.Languages), each.License, each.Version];
            for (int i = 0; i < texts.Length; i++)
            {
                _ = texts[i] is { } text ? known.Bind(3 + i, text) : known.BindNull(3 + i);
            }

            _ = each.Quality is { } quality ? known.Bind(10, quality) : known.BindNull(10);
            known.Run();
        }

        using SqliteStatement bare = database.Prepare("INSERT INTO data_sources (source_id, registered) VALUES (?, ?) ON CONFLICT DO NOTHING");
        bare.Bind(1, source).Bind(2, now).Run();
    }

    private static string? Json(IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return null;
        }

        ArrayBufferWriter<byte> json = new();
        json.Write("["u8);
        foreach (string text in texts)
        {
            json.Write(json.WrittenCount > 1 ? ", "u8 : ""u8);
            JsonText.Write(json, Encoding.UTF8.GetBytes(text));
        }

        json.Write("]"u8);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
