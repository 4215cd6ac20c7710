using FastIngest.Reports;
using HealthIngestion.Server.Data;
using HealthIngestion.Server.Http;

namespace HealthIngestion.Server.Api;

/// <summary>The page of the report, which requests its data from here.</summary>
internal sealed class PageEndpoints : IDisposable
{
    private const string Binary = "application/octet-stream";

    private static readonly Response Page = new(200, "text/html; charset=utf-8", ReportPage.Served) { Policy = ReportPage.ServedPolicy };

    private readonly ReaderPool _readers;
    private readonly OverviewCache _overview;

    public PageEndpoints(ReaderPool readers)
    {
        _readers = readers;
        _overview = new OverviewCache(token => readers.UseAsync(reader => new ValueTask<byte[]>(ReportData.OverviewAsync(reader, new ReportOptions(), token)), token).AsTask());
    }

    /// <summary>Answers a request; null if the path is not one of the page.</summary>
    /// <exception cref="ParameterException">A parameter is wrong.</exception>
    public async ValueTask<Response?> AnswerAsync(RequestTarget target, CancellationToken cancellationToken) => string.Join('/', target.Path) switch
    {
        "" => Page,
        ReportPage.OverviewPath => new Response(200, Binary, await _overview.GetAsync(cancellationToken).ConfigureAwait(false)),
        ReportPage.PersonPath => await PersonAsync(new Parameters(target.Query, "user", "since", "until"), cancellationToken).ConfigureAwait(false),
        _ => null,
    };

    public void Dispose() => _overview.Dispose();

    private async ValueTask<Response> PersonAsync(Parameters parameters, CancellationToken cancellationToken)
    {
        string user = parameters.Text("user") ?? throw new ParameterException("user is missing.");
        DateOnly? since = parameters.Day("since"), until = parameters.Day("until");
        byte[]? person = await _readers.UseAsync(
            reader => new ValueTask<byte[]?>(ReportData.PersonAsync(reader, user, since, until, cancellationToken)), cancellationToken).ConfigureAwait(false);
        return person is null ? Response.Error(404, "There are no days of this user.") : new Response(200, Binary, person);
    }
}
