using System.Buffers;
using System.Globalization;
using System.Text;
using FastIngest.Health;
using FastIngest.Storage.Ndjson;
using FastIngest.Stored;
using HealthIngestion.Server.Data;
using HealthIngestion.Server.Http;

namespace HealthIngestion.Server.Api;

/// <summary>The resources of the API, version 1. Api/openapi.json describes them; a test compares the two.</summary>
/// <param name="readers">The database.</param>
internal sealed class ApiEndpoints(ReaderPool readers)
{
    private const int MaxWords = 16, MaxHits = 200;

    /// <summary>How long a search looks at summaries before it returns what it has.</summary>
    private static readonly TimeSpan SearchTime = TimeSpan.FromSeconds(2);

    private static readonly Response Description = Response.OfJson(ReadDescription());

    /// <summary>Answers a request.</summary>
    /// <exception cref="ParameterException">A parameter is wrong.</exception>
    public ValueTask<Response> AnswerAsync(RequestTarget target, CancellationToken cancellationToken) => target.Path switch
    {
        ["api", "v1", "openapi.json"] => ValueTask.FromResult(Description),
        ["api", "v1", "users"] => UsersAsync(new Parameters(target.Query, "limit", "cursor"), cancellationToken),
        ["api", "v1", "users", { Length: > 0 } user, "days"] => DaysAsync(user, new Parameters(target.Query, "since", "until", "limit", "cursor"), cancellationToken),
        ["api", "v1", "search"] => SearchAsync(new Parameters(target.Query, "q", "user", "since", "until", "limit", "cursor"), cancellationToken),
        _ => ValueTask.FromResult(Response.Error(404, "There is no such resource; /api/v1/openapi.json lists them.")),
    };

    private async ValueTask<Response> UsersAsync(Parameters parameters, CancellationToken cancellationToken)
    {
        int limit = parameters.Limit(100);
        string? after = parameters.Cursor()?.UserId;
        IReadOnlyList<StoredUser> users = await readers.UseAsync(
            async reader =>
            {
                await foreach (IReadOnlyList<StoredUser> page in reader.ReadUsersAsync(after, limit + 1, cancellationToken).ConfigureAwait(false))
                {
                    return [.. page];
                }

                return (IReadOnlyList<StoredUser>)[];
            },
            cancellationToken).ConfigureAwait(false);
        return Response.OfJson(JsonBody.Make(json =>
        {
            json.WriteStartArray("users");
            foreach (StoredUser user in users.Take(limit))
            {
                json.WriteStartObject();
                json.WriteString("user_id", user.UserId);
                json.WriteString("name", user.Name);
                json.WriteNumber("days", user.Days);
                json.WriteString("first_day", Iso(user.FirstDay));
                json.WriteString("last_day", Iso(user.LastDay));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("next", users.Count > limit ? Parameters.CursorOf(new SummaryKey(users[limit - 1].UserId, users[limit - 1].LastDay)) : null);
        }));
    }

    private async ValueTask<Response> DaysAsync(string user, Parameters parameters, CancellationToken cancellationToken)
    {
        int limit = parameters.Limit(100);
        SummaryQuery query = new()
        {
            UserId = user,
            Since = parameters.Day("since"),
            Until = parameters.Day("until"),
            After = parameters.Cursor(),
            PageRows = limit + 1,
        };
        ReadOnlyMemory<byte>? body = await readers.UseAsync(reader => WriteDaysAsync(reader, query, limit, cancellationToken), cancellationToken).ConfigureAwait(false);
        return body is { } days ? Response.OfJson(days) : Response.Error(404, "There is no such user.");
    }

    /// <summary>Returns a page of days as JSON; null if the user has no day at all.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> WriteDaysAsync(ISummaryReader reader, SummaryQuery query, int limit, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> body = new(64 << 10);
        body.Write("{\"days\":["u8);
        SummaryKey? next = null;
        bool isEmpty = true;
        await foreach (SummaryBatch page in reader.ReadAsync(query, cancellationToken).ConfigureAwait(false))
        {
            isEmpty = false;
            int count = Math.Min(page.RowCount, limit);
            for (int i = 0; i < count; i++)
            {
                body.Write(i == 0 ? ""u8 : ","u8);
                SummaryJson.WriteLine(body, page, in page.Rows[i]);
            }

            bool hasMore = page.RowCount > limit || page.TextLength >= query.PageBytes;
            next = hasMore ? new SummaryKey(query.UserId!, DateOnly.FromDayNumber(page.Rows[count - 1].Day)) : null;
            break;
        }

        if (isEmpty && await reader.CountAsync(new SummaryQuery { UserId = query.UserId }, cancellationToken).ConfigureAwait(false) == 0)
        {
            return null;
        }

        body.Write(Encoding.UTF8.GetBytes($"],\"next\":{(next is null ? "null" : $"\"{Parameters.CursorOf(next)}\"")}}}"));
        return body.WrittenMemory;
    }

    private async ValueTask<Response> SearchAsync(Parameters parameters, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> words = TextQuery.Split(parameters.Text("q") ?? "");
        if (words.Count is 0 or > MaxWords)
        {
            throw new ParameterException($"q has no word, or more than {MaxWords}.");
        }

        int limit = Math.Min(parameters.Limit(20), MaxHits);
        SummaryQuery query = new() { UserId = parameters.Text("user"), Since = parameters.Day("since"), Until = parameters.Day("until"), After = parameters.Cursor() };
        TextHits found = await readers.UseAsync(
            reader => TextSearch.RunAsync(reader, new TextQuery(words, query), limit, SearchTime, cancellationToken), cancellationToken).ConfigureAwait(false);
        return Response.OfJson(JsonBody.Make(json =>
        {
            json.WriteStartArray("hits");
            foreach (TextHit hit in found.Hits)
            {
                json.WriteStartObject();
                json.WriteString("user_id", hit.UserId);
                json.WriteString("date", Iso(hit.Day));
                json.WriteString("summary", hit.Summary);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("complete", found.Last is null);
            json.WriteString("next", found.Last is { } last ? Parameters.CursorOf(last) : null);
        }));
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static byte[] ReadDescription()
    {
        using Stream stream = typeof(ApiEndpoints).Assembly.GetManifestResourceStream("openapi.json")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
