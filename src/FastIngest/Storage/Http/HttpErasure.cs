using System.Net;
using FastIngest.Delivery;
using FastIngest.Net;
using FastIngest.Stored;

namespace FastIngest.Storage.Http;

/// <summary>Removes users from an API by one <c>DELETE</c> for each user. The user gives the URL, because APIs differ.</summary>
internal sealed class HttpErasure : IUserErasure
{
    private const string Placeholder = "{user_id}";

    private readonly ApiAddress _address;
    private readonly string? _template;
    private readonly HttpTuning _tuning;

    /// <param name="address">The API.</param>
    /// <param name="template">The URL of a user with <c>{user_id}</c>; null when the API has none.</param>
    /// <param name="tuning">Timeouts and retries.</param>
    /// <exception cref="IngestException">The template is invalid, or it names another server, which must not get the token.</exception>
    public HttpErasure(ApiAddress address, string? template, HttpTuning tuning)
    {
        _address = address;
        _template = template;
        _tuning = tuning;
        if (template is not null
            && (!template.Contains(Placeholder, StringComparison.Ordinal) || !Uri.TryCreate(UrlOf("x"), UriKind.Absolute, out Uri? url)
                || url.UserInfo.Length > 0 || url.GetLeftPart(UriPartial.Authority) != address.Uri.GetLeftPart(UriPartial.Authority)))
        {
            throw new IngestException(
                $"The URL for deletions is not of {address.Uri.GetLeftPart(UriPartial.Authority)}, or it lacks {Placeholder}.",
                $"Write --delete-url {address.Uri.GetLeftPart(UriPartial.Authority)}/users/{Placeholder}.");
        }
    }

    public string DisplayName => _address.DisplayName;

    /// <exception cref="IngestException">The API did not remove a user.</exception>
    public async ValueTask<IReadOnlyList<ErasedRows>> EraseAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken)
    {
        if (_template is null)
        {
            return [new ErasedRows("API", null, $"{DisplayName} was skipped: give its URL for deletions with --delete-url, or remove the person there yourself")];
        }

        if (isDryRun)
        {
            return [new ErasedRows("API", null, $"{DisplayName} would get {userIds.Count} DELETE request{(userIds.Count == 1 ? "" : "s")}")];
        }

        using ApiClient client = new(_address, _tuning);
        using ApiCall call = new(client);
        long removed = 0;
        foreach (string user in userIds)
        {
            ApiRequest request = new(HttpMethod.Delete, new Uri(UrlOf(user)), default, null, new OutcomeParser());
            ApiResponse response = await call.SendAsync(request, new StopTokens(cancellationToken, cancellationToken)).ConfigureAwait(false);
            bool isGone = response.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone;
            removed += response.IsOk ? 1 : 0;
            if (!response.IsOk && !isGone)
            {
                throw new IngestException($"{DisplayName} did not remove the user: {response.Error}", "Check the URL and the token, and repeat the command; it can be repeated.");
            }
        }

        return [new ErasedRows("API: users", removed)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string UrlOf(string userId) => _template!.Replace(Placeholder, Uri.EscapeDataString(userId), StringComparison.Ordinal);
}
