using System.Security.Cryptography;
using System.Text;

namespace FastIngest.Reports;

/// <summary>
/// The page of a report: HTML, style and scripts, which are resources of this assembly. The page holds no data. It takes them from
/// elements of its own file, or, where a server delivers it, from <see cref="OverviewPath"/> and <see cref="PersonPath"/>.
/// </summary>
public static class ReportPage
{
    /// <summary>Where a served page requests the overview, relative to the page; see <see cref="ReportData.OverviewAsync"/>.</summary>
    public const string OverviewPath = "data/overview";

    /// <summary>Where a served page requests a person, relative to the page, with the id in the query as <c>?user=</c>; see <see cref="ReportData.PersonAsync"/>.</summary>
    public const string PersonPath = "data/person";

    /// <summary>The scripts, in the order in which they run. The first is uPlot, see Page/vendor/README.md.</summary>
    private static readonly string[] Scripts =
        ["vendor.uPlot.iife.min.js", "format.js", "data.js", "dom.js", "calendar.js", "charts.js", "figures.js", "overview.js", "person.js", "main.js"];

    private static readonly string[] Styles = ["vendor.uPlot.min.css", "style.css"];

    /// <summary>The page for a server: it requests the data that it shows.</summary>
    public static ReadOnlyMemory<byte> Served { get; } = Encoding.UTF8.GetBytes(Fill("served", Policy("connect-src 'self'"), ""));

    /// <summary>The value of the header <c>Content-Security-Policy</c> for <see cref="Served"/>; the page has the same policy in a meta element.</summary>
    public static string ServedPolicy => Policy("connect-src 'self'") + "; frame-ancestors 'none'";

    /// <summary>The page before the data and after it.</summary>
    internal static (string Before, string After) Parts()
    {
        const string Mark = "\0";
        string[] parts = Fill("file", Policy(null), Mark).Split(Mark);
        return (parts[0], parts[1]);
    }

    private static string Style => string.Concat(Styles.Select(Resource));

    /// <summary>The license of uPlot asks for its notice in every copy.</summary>
    private static string Script => $"/*\nuPlot\n\n{Resource("vendor.LICENSE-uPlot.txt")}*/\n{string.Join("\n", Scripts.Select(Resource))}";

    /// <summary>Nothing may be requested or run but the very style and script of the page.</summary>
    private static string Policy(string? more) =>
        $"default-src 'none'; script-src 'sha256-{Hash(Script)}'; style-src 'sha256-{Hash(Style)}'; img-src data:; base-uri 'none'; form-action 'none'{(more is null ? "" : "; " + more)}";

    private static string Fill(string source, string policy, string data) => Resource("page.html")
        .Replace("{{policy}}", policy, StringComparison.Ordinal)
        .Replace("{{source}}", source, StringComparison.Ordinal)
        .Replace("{{style}}", Style, StringComparison.Ordinal)
        .Replace("{{data}}", data, StringComparison.Ordinal)
        .Replace("{{script}}", Script, StringComparison.Ordinal);

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream("Page." + name) ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
