using System.Globalization;
using System.Text;
using FastIngest.Storage.Files;
using FastIngest.Stored;

namespace FastIngest.Reports;

/// <param name="People">The people with days.</param>
/// <param name="Pages">The people who have a page of their own.</param>
/// <param name="Days">The days of all people.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record WrittenReport(long People, int Pages, long Days, long Bytes);

/// <summary>Writes a report as one HTML file, which needs no other file and no network.</summary>
public static class ReportWriter
{
    /// <summary>
    /// Writes the report. A file appears when it is complete, with the mode 0600; one that replaces an older file has its mode.
    /// Standard output, a device or a pipe is written directly.
    /// </summary>
    /// <param name="reader">The database, open.</param>
    /// <param name="options">Selects what the report shows.</param>
    /// <param name="path">The file as the user named it, or <c>-</c> for standard output.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>, which is not closed.</param>
    /// <param name="cancellationToken">Ends the work; an older file then stays as it is.</param>
    /// <exception cref="IngestException">The database cannot be read, or the file cannot be written.</exception>
    public static async Task<WrittenReport> WriteAsync(
        ISummaryReader reader, ReportOptions options, string path, Func<Stream> openStandardOutput, CancellationToken cancellationToken)
    {
        FileOutput output = new(path, openStandardOutput);
        await using (output.ConfigureAwait(false))
        {
            // Before the database is read, which may take long.
            await output.OpenAsync(cancellationToken).ConfigureAwait(false);
            WrittenReport written = await WriteAsync(reader, options, output, cancellationToken).ConfigureAwait(false);
            await output.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return written;
        }
    }

    private static async Task<WrittenReport> WriteAsync(ISummaryReader reader, ReportOptions options, FileOutput output, CancellationToken cancellationToken)
    {
        (string before, string after) = ReportPage.Parts();
        long pageBytes = Encoding.UTF8.GetByteCount(before) + Encoding.UTF8.GetByteCount(after);
        // The days of a person who was asked for are shown, however many they are.
        bool isLimited = options.Users.Count == 0;
        long maxBlockBytes = isLimited ? Math.Max(1, options.MaxBytes - pageBytes) : long.MaxValue;
        Overview overview = await Overview.ReadAsync(reader, options, maxBlockBytes, cancellationToken).ConfigureAwait(false);

        PersonEntry[] listed = overview.Shelf.ToList();
        byte[] block = overview.ToBlock(listed);
        long roomBytes = options.MaxBytes - pageBytes - PeopleShelf.InFile(block);
        if (isLimited && overview.Shelf.BlockBytes > roomBytes)
        {
            while (overview.Shelf.BlockBytes > roomBytes && overview.Shelf.DropPage())
            {
            }

            // It names the people who have a page, and is smaller with fewer of them.
            block = overview.ToBlock(listed);
        }

        long bytes = Write(output, before) + Write(output, Element("overview", block));
        int pages = 0;
        for (int i = 0; i < listed.Length; i++)
        {
            if (listed[i].Block is { } days)
            {
                pages++;
                bytes += Write(output, Element(string.Create(CultureInfo.InvariantCulture, $"person-{i}"), days));
                if (output.IsFull)
                {
                    await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        bytes += Write(output, after);
        return new WrittenReport(overview.People, pages, overview.Days, bytes);
    }

    /// <summary>An element that no browser runs or shows. Base64 has no character that means anything in HTML, whatever the data are.</summary>
    private static string Element(string id, byte[] block) => $"<script type=\"text/plain\" id=\"{id}\">{Convert.ToBase64String(block)}</script>\n";

    private static long Write(FileOutput output, string text) => Encoding.UTF8.GetBytes(text, output.Writer);
}
